import type { Clock } from "../../lib/clock.js";
import { StreamError } from "../../lib/errors.js";
import type { Logger } from "../../lib/logger.js";
import type { NativeWebrtc } from "../../lib/webrtc/native-webrtc.js";
import { EventBudget } from "../event-budget.js";
import { HttpError } from "../web/http-error.js";
import { type IngestFigures, IngestPeer } from "../webrtc/ingest-peer.js";
import { OpenPeers } from "../webrtc/open-peers.js";
import { type PublisherOffer, readPublisherOffer } from "../webrtc/publisher-offer.js";
import { requireNativeWebrtc } from "../webrtc/require-native.js";
import { writeSessionAnswer } from "../webrtc/session-answer.js";
import { CAMERA_ID_RULE, isCameraId } from "./camera-id.js";
import type { CameraSlots } from "./camera-slots.js";
import type { IngestCounters } from "./ingest-counters.js";
import { RivalWatch } from "./rival-watch.js";

/** At a time: each of 64 cameras may have one that is about to take over. */
const MAX_SESSIONS = 128;
/** Of all cameras together: each costs a few milliseconds, in which nobody's pictures go on. */
const OFFERS = { burst: 128, perSecond: 50 } as const;
/** Seconds, for a camera that is one too many, or comes with many others. */
const RETRY = { full: "5", busy: "1" } as const;

/** What {@link IngestSessions} works with. */
export interface IngestSessionsOptions {
  slots: CameraSlots;
  clock: Clock;
  logger: Logger;
}

/** A camera that wants to push. */
export interface IngestOffer {
  cameraId: string;
  sdp: string;
  /** Where it comes from, for the log. */
  address: string;
  /** Told once when its session ends, by whomever, also before it was answered. */
  onEnd?(reason: string): void;
}

/** A camera's session, as its creator is told of it. */
export interface IngestSession {
  readonly cameraId: string;
  readonly offer: PublisherOffer;
  /** With all our candidates. */
  readonly answer: string;
  readonly figures: IngestFigures;
  /** Takes another address of the camera, a line of SDP without `a=`. @throws HttpError 400 */
  addCandidate(candidate: string): void;
  /** The camera wants it to end. Idempotent. */
  end(reason: string): void;
}

/** Whether, and why, a session ended. */
interface Life {
  ended: string | undefined;
}

interface Opening {
  offer: PublisherOffer;
  asked: IngestOffer;
  life: Life;
}

/** The sessions of all cameras that push, however they say so. */
export class IngestSessions {
  readonly #options: IngestSessionsOptions;
  readonly #peers = new OpenPeers<IngestPeer>();
  /** Its media's are of sessions that are over. */
  readonly #counters: IngestCounters = {
    ...{ sessions: 0, refusedOffers: 0, refusedTokens: 0, badEvents: 0, ignoredCandidates: 0 },
    ...{ nacks: 0, recoveredPackets: 0, keyframeRequests: 0 },
  };
  readonly #offers: EventBudget;
  readonly #rivals: RivalWatch;
  #closed = false;

  constructor(options: IngestSessionsOptions) {
    this.#options = options;
    this.#offers = new EventBudget(options.clock, OFFERS);
    this.#rivals = new RivalWatch(options.clock);
  }

  /** Of all sessions that there were, and are. */
  get counters(): IngestCounters {
    const counters = { ...this.#counters };
    for (const { figures } of this.#peers) addFigures(counters, figures);
    return counters;
  }

  /** Counts one that was refused elsewhere. */
  count(what: "refusedTokens" | "badEvents" | "ignoredCandidates"): void {
    this.#counters[what] += 1;
  }

  /**
   * Begins a session with a camera's offer; those of one camera begin in the order of their offers.
   * @throws HttpError 400, 406 as {@link readPublisherOffer}; 400, 409, 503 as {@link CameraSlots}; 501 where the machine
   *   lacks WebRTC; 503 where there are too many
   */
  async begin(asked: IngestOffer): Promise<IngestSession> {
    try {
      return await this.#begin(asked);
    } catch (error) {
      this.#counters.refusedOffers += 1;
      throw error;
    }
  }

  /** Ends all of them; resolves when they are gone. Idempotent. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#peers.close("the gateway is closed", this.#options.clock);
  }

  async #begin(asked: IngestOffer): Promise<IngestSession> {
    const { cameraId, sdp } = asked;
    checkId(cameraId);
    if (!this.#offers.take()) {
      const message = `${OFFERS.perSecond} offers a second are taken of all cameras together, no more`;
      throw new HttpError(503, message, { "Retry-After": RETRY.busy });
    }
    const offer = readPublisherOffer(sdp);
    const native = await requireNativeWebrtc();
    if (this.#closed) throw new HttpError(503, "the gateway is being closed");
    const life: Life = { ended: undefined };
    const peer = this.#open(native, { offer, asked, life });
    try {
      const answer = writeSessionAnswer(offer, await peer.negotiate());
      this.#counters.sessions += 1;
      return {
        ...{ cameraId, offer, answer },
        get figures() {
          return peer.figures;
        },
        addCandidate: (candidate) => withReason("a candidate", () => peer.addCandidate(candidate)),
        end: (reason) => peer.end(new StreamError("stream-ended", reason)),
      };
    } catch (error) {
      if (life.ended !== undefined) throw new HttpError(409, `the session ended before it was answered: ${life.ended}`);
      peer.end(new StreamError("connect-failed", "its offer was refused"));
      throw new HttpError(400, `the offer cannot be used: ${firstLine(error)}`);
    }
  }

  /** @throws HttpError */
  #open(native: NativeWebrtc, { offer, asked, life }: Opening): IngestPeer {
    if (this.#peers.size >= MAX_SESSIONS) {
      throw new HttpError(503, `${MAX_SESSIONS} sessions are open already`, { "Retry-After": RETRY.full });
    }
    const { cameraId, address, onEnd } = asked;
    const { slots, clock, logger } = this.#options;
    const details = { camera: cameraId, address };
    const slot = slots.slot(cameraId);
    const onClose = (reason: string): void => {
      life.ended = reason;
      this.#peers.delete(peer);
      addFigures(this.#counters, peer.figures);
      logger.info(details, `session of a camera ended: ${reason}`);
      if (this.#rivals.ends(cameraId, peer.figures.meter.units > 0)) logger.warn(details, describeRivals(cameraId));
      onEnd?.(reason);
    };
    const peer = this.#connect(() => new IngestPeer({ native, offer, clock, onClose }));
    this.#peers.add(peer);
    this.#rivals.begins(cameraId);
    logger.info(details, `session of a camera begins, with ${offer.codec}`);
    peer.feed(slot);
    return peer;
  }

  /** @throws HttpError 503 */
  #connect(open: () => IngestPeer): IngestPeer {
    try {
      return open();
    } catch (error) {
      const message = `no connection can be opened: ${firstLine(error)}`;
      throw new HttpError(503, message, { "Retry-After": RETRY.full });
    }
  }
}

function describeRivals(cameraId: string): string {
  return `several push camera "${cameraId}" and take it from each other again and again: each needs an id of its own`;
}

/** @throws HttpError 400 */
function checkId(cameraId: string): void {
  if (isCameraId(cameraId)) return;
  throw new HttpError(400, `the camera's id ${JSON.stringify(cameraId.slice(0, 64))} must be ${CAMERA_ID_RULE}`);
}

function addFigures(counters: IngestCounters, figures: IngestFigures): void {
  for (const key of ["nacks", "recoveredPackets", "keyframeRequests", "ignoredCandidates"] as const) {
    counters[key] += figures[key];
  }
}

/** @throws HttpError 400 */
function withReason(what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new HttpError(400, `${what} cannot be used: ${firstLine(error)}`);
  }
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n")[0] ?? "";
}
