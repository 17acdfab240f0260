import { randomBytes, randomInt } from "node:crypto";
import type { Clock, Timer } from "../../lib/clock.js";
import { isRtcp } from "../../lib/rtp/packet.js";
import { parseRtcp } from "../../lib/rtp/rtcp.js";
import type { NativeWebrtc } from "../../lib/webrtc/native-webrtc.js";
import type { WebCamera } from "../web/web-camera.js";
import { NativePeer } from "./native-peer.js";
import { PeerFlow, type WebrtcCounters } from "./peer-flow.js";
import { PLAYOUT_DELAY, type WhepOffer } from "./whep-offer.js";

const LOOK_INTERVAL_MS = 1_000;
/** Looks without a sign of life; they stop while the event loop is blocked, when nothing can be heard either. */
const MAX_SILENT_LOOKS = {
  connecting: 10,
  /** A browser reports every second. */
  open: 5,
} as const;
const ENDS: ReadonlySet<string> = new Set(["disconnected", "failed", "closed"]);
const STREAM_NAME = "glasslink";

/** How a {@link WhepPeer} is made. */
export interface WhepPeerOptions {
  native: NativeWebrtc;
  offer: WhepOffer;
  camera: WebCamera;
  clock: Clock;
  counters: WebrtcCounters;
  /** Called once, when it is closed, by whomever. */
  onClose(reason: string): void;
}

/** The connection to one viewer of a camera. What it is sent goes through its flow. */
export class WhepPeer {
  /** Resolves when its native parts are gone. */
  readonly closed: Promise<void>;
  readonly #options: WhepPeerOptions;
  readonly #native: NativePeer;
  readonly #flow: PeerFlow;
  readonly #looks: Timer;
  readonly #onRemoved = (): void => this.close("the camera was taken away");
  #state: { name: "connecting" | "open"; silentLooks: number } | { name: "closed" } = {
    name: "connecting",
    silentLooks: 0,
  };

  /** @throws Error where the system has no more sockets or threads */
  constructor(options: WhepPeerOptions) {
    const { native, offer, camera, clock, counters } = options;
    this.#options = options;
    const ssrc = randomInt(1, 2 ** 32);
    // By chance, as it may be read by anybody.
    const cname = randomBytes(9).toString("base64url");
    const video = describeTrack(native, offer, { ssrc, cname });
    this.#native = new NativePeer({
      ...{ native, video, name: cname, clock },
      onOpen: () => this.#opened(),
      onMessage: (message) => this.#received(message),
      // None of these comes to life again without a restart of ICE.
      onState: (state) => ENDS.has(state) && this.close(`the connection is ${state}`),
    });
    this.closed = this.#native.closed;
    const { codec, payloadType, playoutDelayId } = offer;
    this.#flow = new PeerFlow({
      ...{ gop: camera.hub.gop, totals: camera, clock, counters, cname, ssrc, codec, payloadType, playoutDelayId },
      send: (packet) => this.#native.send(packet),
      onUnsupported: (unit) => this.close(`the camera gives ${unit.codec} now, no longer ${codec}`),
    });
    this.#looks = clock.every(LOOK_INTERVAL_MS, () => this.#look());
    camera.removed.addEventListener("abort", this.#onRemoved);
  }

  /**
   * Takes the offer and gives the library's answer, with all candidates.
   * @throws Error what the library does not understand, or where it is closed meanwhile
   */
  async negotiate(): Promise<string> {
    this.#native.take(this.#options.offer.sdp, "offer");
    return this.#native.describe("answer");
  }

  /** Takes another address of the viewer, as a line of SDP without `a=`. @throws Error as `negotiate` */
  addCandidate(candidate: string): void {
    this.#native.addCandidate(candidate, this.#options.offer.mid);
  }

  /** Idempotent. */
  close(reason: string): void {
    if (this.#state.name === "closed") return;
    const { camera, onClose } = this.#options;
    if (this.#state.name === "open") camera.viewersBy.whep -= 1;
    this.#state = { name: "closed" };
    this.#looks.cancel();
    camera.removed.removeEventListener("abort", this.#onRemoved);
    camera.hub.remove(this.#flow);
    this.#flow.close();
    this.#native.close();
    onClose(reason);
  }

  #opened(): void {
    if (this.#state.name !== "connecting") return;
    const { camera } = this.#options;
    this.#state = { name: "open", silentLooks: 0 };
    camera.viewersBy.whep += 1;
    this.#flow.join();
    camera.hub.add(this.#flow);
  }

  #received(message: Buffer): void {
    if (this.#state.name !== "open" || !isRtcp(message)) return;
    this.#state.silentLooks = 0;
    if (parseRtcp(message).some(({ kind }) => kind === "bye")) return this.close("the viewer left");
    this.#flow.feedback(message);
  }

  #look(): void {
    if (this.#state.name === "closed") return;
    const { name } = this.#state;
    this.#state.silentLooks += 1;
    if (name === "open") this.#flow.report();
    if (this.#state.silentLooks <= MAX_SILENT_LOOKS[name]) return;
    this.close(name === "open" ? "the viewer said nothing for 5 s" : "no connection came about within 10 s");
  }
}

function describeTrack(
  native: NativeWebrtc,
  offer: WhepOffer,
  { ssrc, cname }: { ssrc: number; cname: string },
): InstanceType<NativeWebrtc["Video"]> {
  const video = new native.Video(offer.mid, "SendOnly");
  if (offer.codec === "h264") video.addH264Codec(offer.payloadType, offer.formatParameters);
  else video.addVP8Codec(offer.payloadType);
  video.addSSRC(ssrc, cname, STREAM_NAME, offer.mid);
  if (offer.playoutDelayId !== undefined) video.parseSdpLine(`a=extmap:${offer.playoutDelayId} ${PLAYOUT_DELAY}`);
  return video;
}
