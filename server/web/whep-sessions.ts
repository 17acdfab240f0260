import { redact } from "../../lib/redact.js";
import { OpenPeers } from "../webrtc/open-peers.js";
import { isPeerCodec } from "../webrtc/peer-codec.js";
import type { WebrtcCounters } from "../webrtc/peer-flow.js";
import { requireNativeWebrtc } from "../webrtc/require-native.js";
import type { PeerStream } from "../webrtc/video-format.js";
import { writeWhepAnswer } from "../webrtc/whep-answer.js";
import { readWhepOffer } from "../webrtc/whep-offer.js";
import { WhepPeer } from "../webrtc/whep-peer.js";
import { HttpError } from "./http-error.js";
import { createSessionNames, type SessionNames } from "./session-exchange.js";
import type { WebCamera } from "./web-camera.js";
import type { WebRouteContext } from "./web-route.js";

/** Viewers at a time, of all cameras together. */
const MAX_SESSIONS = 100;
/** Seconds, for a viewer that comes too early or is one too many. */
const RETRY = { notLive: "1", full: "5" } as const;

/** One viewer's session, as its creator is told of it. */
export interface WhepSession extends SessionNames {
  camera: WebCamera;
  iceUfrag: string;
  peer: WhepPeer;
  answer: string;
}

/** The sessions of all viewers by WHEP. */
export class WhepSessions {
  readonly counters: WebrtcCounters = { resentPackets: 0, keyframeRequests: 0 };
  readonly #context: WebRouteContext;
  readonly #peers = new OpenPeers<WhepPeer>();
  readonly #sessions = new Map<string, WhepSession>();
  #closed = false;

  constructor(context: WebRouteContext) {
    this.#context = context;
  }

  /**
   * Begins a session with a viewer's offer.
   * @throws HttpError 400, 406 as {@link readWhepOffer}; 501 where the machine lacks WebRTC; 503 while the camera is not
   *   live, and where there are too many
   */
  async create(camera: WebCamera, offerText: string): Promise<WhepSession> {
    const offer = readWhepOffer(offerText, liveStream(camera));
    const native = await requireNativeWebrtc();
    if (this.#closed || camera.removed.aborted) throw new HttpError(503, "this is being closed");
    if (this.#peers.size >= MAX_SESSIONS) {
      throw new HttpError(503, `${MAX_SESSIONS} viewers are served already`, { "Retry-After": RETRY.full });
    }
    const { clock, logger } = this.#context;
    const { id, etag } = createSessionNames();
    const details = { camera: camera.id };
    const peer = this.#open(() => {
      return new WhepPeer({
        ...{ native, offer, camera, clock, counters: this.counters },
        onClose: (reason) => {
          this.#sessions.delete(id);
          this.#peers.delete(peer);
          logger.info(details, `WebRTC viewer gone: ${reason}`);
        },
      });
    });
    this.#peers.add(peer);
    try {
      const answer = writeWhepAnswer(offer, await peer.negotiate());
      const session = { id, etag, camera, iceUfrag: offer.iceUfrag, peer, answer };
      this.#sessions.set(id, session);
      logger.info(details, "WebRTC viewer comes");
      return session;
    } catch (error) {
      peer.close("its offer was refused");
      throw new HttpError(400, `the offer cannot be used: ${(error as Error).message.split("\n")[0]}`);
    }
  }

  /** @throws HttpError 404 */
  find(camera: WebCamera, id: string): WhepSession {
    const session = this.#sessions.get(id);
    if (session?.camera === camera) return session;
    throw new HttpError(404, "there is no such session; it may have ended");
  }

  /** Tells more addresses of a viewer. @throws HttpError 400 */
  addCandidates({ peer }: WhepSession, candidates: readonly string[]): void {
    for (const candidate of candidates) {
      try {
        peer.addCandidate(candidate);
      } catch (error) {
        throw new HttpError(400, `a candidate cannot be used: ${(error as Error).message.split("\n")[0]}`);
      }
    }
  }

  /** Ends all of them; resolves when they are gone. Idempotent. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#peers.close("the server is closed", this.#context.clock);
  }

  #open(open: () => WhepPeer): WhepPeer {
    try {
      return open();
    } catch (error) {
      const message = `no connection can be opened: ${(error as Error).message.split("\n")[0]}`;
      throw new HttpError(503, message, { "Retry-After": RETRY.full });
    }
  }
}

/** What the camera gives. @throws HttpError 406 for what WebRTC does not carry here, 503 while it is not live */
function liveStream({ id, status, meter }: WebCamera): PeerStream {
  const { state } = status;
  const { parameters } = meter;
  if (state.name !== "live" || !parameters) {
    const reason = state.name === "lost" ? `: ${redact(state.reason)}` : "";
    throw new HttpError(503, `camera "${id}" is not live now${reason}`, { "Retry-After": RETRY.notLive });
  }
  const { codec, codecString } = parameters;
  if (isPeerCodec(codec)) return { codec, codecString };
  throw new HttpError(406, `camera "${id}" gives ${codec}; WebRTC carries only h264 and vp8 here`);
}
