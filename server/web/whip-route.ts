import type { IncomingMessage } from "node:http";
import type { IngestSession, IngestSessions } from "../gateway/ingest-sessions.js";
import type { SharedToken } from "../shared-token.js";
import { HttpError } from "./http-error.js";
import {
  answerCreated,
  answerOptions,
  createSessionNames,
  readOfferBody,
  readTrickled,
  type SessionNames,
} from "./session-exchange.js";
import type { WebExchange, WebRoute } from "./web-route.js";

const PATH = /^\/whip(?:\/([^/]+))?(?:\/([^/]+))?$/;
const CHALLENGE = { "WWW-Authenticate": 'Bearer realm="glasslink"' };

/** What a {@link WhipRoute} works with. */
export interface WhipRouteOptions {
  /** They end with the route. */
  sessions: IngestSessions;
  token: SharedToken;
}

/**
 * WebRTC-HTTP ingest: `POST /whip/CAMERA` begins a session of a camera that pushes, which has an address of its own.
 * @see RFC 9725
 */
export class WhipRoute implements WebRoute {
  readonly methods = ["POST", "PATCH", "DELETE", "OPTIONS"];
  readonly #options: WhipRouteOptions;
  readonly #sessions = new Map<string, SessionNames & { session: IngestSession }>();

  constructor(options: WhipRouteOptions) {
    this.#options = options;
  }

  matches(pathname: string): boolean {
    return PATH.test(pathname);
  }

  async handle(exchange: WebExchange): Promise<void> {
    const [, camera, id] = PATH.exec(exchange.url.pathname) ?? [];
    if (camera === undefined) throw new HttpError(404, "the address must name the camera: /whip/CAMERA");
    if (answerOptions(exchange, id === undefined ? "endpoint" : "session")) return;
    this.#checkToken(exchange.request);
    const cameraId = decodeURIComponent(camera);
    if (id === undefined) await this.#begin(exchange, cameraId);
    else await this.#change(exchange, cameraId, id);
  }

  /** Idempotent. */
  close(): Promise<void> {
    return this.#options.sessions.close();
  }

  /** @throws HttpError 401 */
  #checkToken({ headers }: IncomingMessage): void {
    const { sessions, token } = this.#options;
    if (token.allowsHeader(headers.authorization)) return;
    sessions.count("refusedTokens");
    const problem = headers.authorization === undefined ? "is missing" : "is wrong";
    throw new HttpError(401, `the token ${problem}; it goes into the header Authorization: Bearer TOKEN`, CHALLENGE);
  }

  async #begin({ request, response }: WebExchange, cameraId: string): Promise<void> {
    const sdp = await readOfferBody(request);
    const names = createSessionNames();
    const session = await this.#options.sessions.begin({
      ...{ cameraId, sdp, address: request.socket.remoteAddress ?? "unknown" },
      onEnd: () => this.#sessions.delete(names.id),
    });
    if (session.figures.state !== "closed") this.#sessions.set(names.id, { ...names, session });
    const location = `/whip/${encodeURIComponent(cameraId)}/${names.id}`;
    const leave = (): void => session.end("it left before it was answered");
    answerCreated(response, { location, etag: names.etag, answer: session.answer, leave });
  }

  async #change({ request, response }: WebExchange, cameraId: string, id: string): Promise<void> {
    const known = this.#sessions.get(id);
    if (known?.session.cameraId !== cameraId) {
      throw new HttpError(404, "there is no such session; it may have ended");
    }
    const { session, etag } = known;
    if (request.method === "DELETE") {
      session.end("it said goodbye");
      response.writeHead(200, { "Content-Length": 0 }).end();
      return;
    }
    for (const candidate of await readTrickled(request, etag, session.offer.iceUfrag)) session.addCandidate(candidate);
    response.writeHead(204, { ETag: etag }).end();
  }
}
