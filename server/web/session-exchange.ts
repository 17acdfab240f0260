import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpError } from "./http-error.js";
import { preflightHeaders } from "./security-headers.js";
import type { WebExchange } from "./web-route.js";
import { readWhepBody } from "./whep-body.js";
import { readCandidates } from "./whep-fragment.js";

const SDP = "application/sdp";
const FRAGMENT = "application/trickle-ice-sdpfrag";
/** By address. */
const METHODS = { endpoint: ["POST", "OPTIONS"], session: ["PATCH", "DELETE", "OPTIONS"] } as const;

/** How a session of WHEP or WHIP is told from others. */
export interface SessionNames {
  /** Nobody can guess it. */
  id: string;
  /** Of its ICE session, quoted. */
  etag: string;
}

/** Names for a new session. */
export function createSessionNames(): SessionNames {
  return { id: randomBytes(16).toString("base64url"), etag: `"${randomBytes(9).toString("base64url")}"` };
}

/**
 * Answers OPTIONS; false: the request is another.
 * @throws HttpError 405 for a method that such an address does not know
 */
export function answerOptions({ request, response }: WebExchange, address: keyof typeof METHODS): boolean {
  const allowed: readonly string[] = METHODS[address];
  const { method = "" } = request;
  const list = allowed.join(", ");
  if (!allowed.includes(method)) {
    throw new HttpError(405, `${method} is not allowed here; ${list} is`, { Allow: list });
  }
  if (method !== "OPTIONS") return false;
  const accept = address === "endpoint" ? { "Accept-Post": SDP } : { "Accept-Patch": FRAGMENT };
  const preflight = response.hasHeader("Access-Control-Allow-Origin") ? preflightHeaders(allowed) : {};
  response.writeHead(204, { Allow: list, ...accept, ...preflight }).end();
  return true;
}

/** The offer of a POST. @throws HttpError as {@link readWhepBody} */
export function readOfferBody(request: IncomingMessage): Promise<string> {
  return readWhepBody(request, SDP);
}

/** A session that began, and what it is answered. */
export interface CreatedSession {
  /** Its own address. */
  location: string;
  etag: string;
  answer: string;
  /** Who is gone before the answer cannot come back to this session. */
  leave(): void;
}

/** Answers a POST. */
export function answerCreated(response: ServerResponse, { location, etag, answer, leave }: CreatedSession): void {
  if (response.destroyed) return leave();
  response.on("close", () => response.writableFinished || leave());
  response.writeHead(201, {
    ...{ Location: location, ETag: etag },
    ...{ "Content-Type": SDP, "Content-Length": Buffer.byteLength(answer), "Accept-Patch": FRAGMENT },
    "Cache-Control": "no-store",
  });
  response.end(answer);
}

/**
 * The candidates of a PATCH.
 * @param iceUfrag of the session's offer
 * @throws HttpError 412 for another ICE session; as {@link readWhepBody} and {@link readCandidates}
 */
export async function readTrickled(request: IncomingMessage, etag: string, iceUfrag: string): Promise<string[]> {
  const fragment = await readWhepBody(request, FRAGMENT);
  const match = request.headers["if-match"];
  if (match === undefined || match === "*" || match === etag) return readCandidates(fragment, iceUfrag);
  throw new HttpError(412, "If-Match names another ICE session", { ETag: etag });
}
