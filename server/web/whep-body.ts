import type { IncomingMessage } from "node:http";
import { HttpError } from "./http-error.js";

const MAX_BYTES = 64 * 1_024;

/**
 * Reads the body of a request, which must be of one type and 64 kB at most.
 * @throws HttpError 415 for another type, 413 for a longer one, 400 for one that breaks off
 */
export async function readWhepBody(request: IncomingMessage, contentType: string): Promise<string> {
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== contentType) {
    const found = type === undefined ? "none" : JSON.stringify(type.slice(0, 64));
    throw new HttpError(
      415,
      `the Content-Type must be ${contentType}, not ${found}`,
      acceptHeaders(request, contentType),
    );
  }
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length > MAX_BYTES) break;
      chunks.push(chunk as Buffer);
    }
  } catch {
    throw new HttpError(400, "the body broke off");
  }
  if (length <= MAX_BYTES) return Buffer.concat(chunks).toString("utf8");
  // What is still under way is thrown away, so that the client gets to reading the answer.
  request.resume();
  throw new HttpError(413, `the body is larger than ${MAX_BYTES} bytes`, { Connection: "close" });
}

/** @see RFC 5789 section 3.1, https://www.w3.org/TR/ldp/#header-accept-post */
function acceptHeaders({ method }: IncomingMessage, contentType: string): Record<string, string> {
  return { [method === "PATCH" ? "Accept-Patch" : "Accept-Post"]: contentType };
}
