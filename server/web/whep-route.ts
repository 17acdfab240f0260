import { addCounter } from "./add-counter.js";
import { answerCreated, answerOptions, readOfferBody, readTrickled } from "./session-exchange.js";
import type { WebExchange, WebRoute, WebRouteContext } from "./web-route.js";
import { WhepSessions } from "./whep-sessions.js";

const PATH = /^\/whep(?:\/([^/]+))?(?:\/([^/]+))?$/;

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
    const [, camera, session] = PATH.exec(exchange.url.pathname) ?? [];
    if (answerOptions(exchange, session === undefined ? "endpoint" : "session")) return;
    if (session === undefined) await this.#begin(exchange, camera);
    else await this.#change(exchange, camera, session);
  }

  /** Idempotent. */
  close(): Promise<void> {
    return this.#sessions.close();
  }

  async #begin({ request, response }: WebExchange, cameraId: string | undefined): Promise<void> {
    const camera = this.#camera(cameraId);
    const { id, etag, peer, answer } = await this.#sessions.create(camera, await readOfferBody(request));
    const leave = (): void => peer.close("it left before it was answered");
    answerCreated(response, { location: `/whep/${encodeURIComponent(camera.id)}/${id}`, etag, answer, leave });
  }

  async #change({ request, response }: WebExchange, cameraId: string | undefined, id: string): Promise<void> {
    const session = this.#sessions.find(this.#camera(cameraId), id);
    if (request.method === "DELETE") {
      session.peer.close("it said goodbye");
      response.writeHead(200, { "Content-Length": 0 }).end();
      return;
    }
    this.#sessions.addCandidates(session, await readTrickled(request, session.etag, session.iceUfrag));
    response.writeHead(204, { ETag: session.etag }).end();
  }

  #camera(id: string | undefined) {
    return this.#context.cameras.find(id === undefined ? undefined : decodeURIComponent(id));
  }
}
