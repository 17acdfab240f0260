import { addCounter } from "./add-counter.js";
import { HttpError } from "./http-error.js";
import { preflightHeaders } from "./security-headers.js";
import type { WebExchange, WebRoute, WebRouteContext } from "./web-route.js";
import { readWhepBody } from "./whep-body.js";
import { WhepSessions } from "./whep-sessions.js";

const PATH = /^\/whep(?:\/([^/]+))?(?:\/([^/]+))?$/;
const SDP = "application/sdp";
const FRAGMENT = "application/trickle-ice-sdpfrag";
/** By address. */
const METHODS = { endpoint: ["POST", "OPTIONS"], session: ["PATCH", "DELETE", "OPTIONS"] } as const;

/**
 * WebRTC-HTTP egress: `POST /whep/CAMERA`, or `/whep` for the first camera, begins a session, which has an address of
 * its own.
 * @see https://datatracker.ietf.org/doc/draft-ietf-wish-whep/, RFC 9725
 */
export class WhepRoute implements WebRoute {
  readonly methods = ["POST", "PATCH", "DELETE", "OPTIONS"];
  readonly #context: WebRouteContext;
  readonly #sessions: WhepSessions;

  constructor(context: WebRouteContext) {
    this.#context = context;
    this.#sessions = new WhepSessions(context);
    const { counters } = this.#sessions;
    const { metrics } = context;
    const resent = {
      name: "glasslink_webrtc_resent_packets_total",
      help: "Packets that viewers lost and were sent again",
    };
    addCounter(metrics, resent, () => counters.resentPackets);
    const keyframes = {
      name: "glasslink_webrtc_keyframe_requests_total",
      help: "Keyframes that viewers asked for and were sent",
    };
    addCounter(metrics, keyframes, () => counters.keyframeRequests);
  }

  matches(pathname: string): boolean {
    return PATH.test(pathname);
  }

  async handle(exchange: WebExchange): Promise<void> {
    const { request, response } = exchange;
    const [, camera, session] = PATH.exec(exchange.url.pathname) ?? [];
    const allowed: readonly string[] = session === undefined ? METHODS.endpoint : METHODS.session;
    const { method = "" } = request;
    if (!allowed.includes(method)) {
      const message = `${method} is not allowed here; ${allowed.join(", ")} is`;
      throw new HttpError(405, message, { Allow: allowed.join(", ") });
    }
    if (method === "OPTIONS") {
      const accept = session === undefined ? { "Accept-Post": SDP } : { "Accept-Patch": FRAGMENT };
      const crossOrigin = response.hasHeader("Access-Control-Allow-Origin");
      const preflight = crossOrigin ? preflightHeaders(allowed) : {};
      response.writeHead(204, { Allow: allowed.join(", "), ...accept, ...preflight }).end();
    } else if (session === undefined) await this.#begin(exchange, camera);
    else await this.#change(exchange, camera, session);
  }

  /** Idempotent. */
  close(): Promise<void> {
    return this.#sessions.close();
  }

  async #begin({ request, response }: WebExchange, cameraId: string | undefined): Promise<void> {
    const camera = this.#camera(cameraId);
    const session = await this.#sessions.create(camera, await readWhepBody(request, SDP));
    // Who is gone before the answer cannot come back to this session.
    const leave = (): void => session.peer.close("it left before it was answered");
    if (response.destroyed) return leave();
    response.on("close", () => response.writableFinished || leave());
    response.writeHead(201, {
      ...{ Location: `/whep/${encodeURIComponent(camera.id)}/${session.id}`, ETag: session.etag },
      ...{ "Content-Type": SDP, "Content-Length": Buffer.byteLength(session.answer), "Accept-Patch": FRAGMENT },
      "Cache-Control": "no-store",
    });
    response.end(session.answer);
  }

  async #change({ request, response }: WebExchange, cameraId: string | undefined, id: string): Promise<void> {
    const session = this.#sessions.find(this.#camera(cameraId), id);
    if (request.method === "DELETE") {
      session.peer.close("it said goodbye");
      response.writeHead(200, { "Content-Length": 0 }).end();
      return;
    }
    const fragment = await readWhepBody(request, FRAGMENT);
    const match = request.headers["if-match"];
    if (match !== undefined && match !== "*" && match !== session.etag) {
      throw new HttpError(412, "If-Match names another ICE session", { ETag: session.etag });
    }
    this.#sessions.addCandidates(session, fragment);
    response.writeHead(204, { ETag: session.etag }).end();
  }

  #camera(id: string | undefined) {
    return this.#context.cameras.find(id === undefined ? undefined : decodeURIComponent(id));
  }
}
