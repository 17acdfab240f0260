import { randomBytes, randomInt } from "node:crypto";
import type { Clock, Timer } from "../../lib/clock.js";
import { StreamError } from "../../lib/errors.js";
import { isOwnAddress } from "../../lib/network-interfaces.js";
import { isRtcp } from "../../lib/rtp/packet.js";
import { writeBye } from "../../lib/rtp/rtcp.js";
import { MAX_CANDIDATES } from "../../lib/webrtc/ice-candidate.js";
import type { NativeWebrtc } from "../../lib/webrtc/native-webrtc.js";
import { WebrtcMedia, type WebrtcMediaCounters } from "../../lib/webrtc/webrtc-media.js";
import type { CameraSlot, PublisherSession } from "../gateway/camera-slots.js";
import type { StreamMeter } from "../stream-meter.js";
import { MeteredSink } from "./metered-sink.js";
import { NativePeer } from "./native-peer.js";
import type { PublisherOffer } from "./publisher-offer.js";

const LOOK_INTERVAL_MS = 1_000;
/** Looks without media; they stop while the event loop is blocked, when nothing can be heard either. */
const MAX_SILENT_LOOKS = { connecting: 10, open: 30 } as const;
/** Of ICE: `disconnected` is not among them, as the line may come back. */
const ENDS: ReadonlySet<string> = new Set(["failed", "closed"]);

/** How an {@link IngestPeer} is made. */
export interface IngestPeerOptions {
  native: NativeWebrtc;
  offer: PublisherOffer;
  clock: Clock;
  /** Called once, when it is closed, by whomever. */
  onClose(reason: string): void;
}

/** What there is to tell of a camera's connection. */
export interface IngestFigures extends WebrtcMediaCounters {
  state: "connecting" | "open" | "closed";
  meter: StreamMeter;
  /** Over the last second, as the network carried it. */
  bitsPerSecond: number;
  /** Pictures that did not arrive whole. */
  lost: number;
  /** Candidates over the bound. */
  ignoredCandidates: number;
}

/**
 * The connection from one camera that pushes. Whether it lives is told by its media: a line that ICE takes for broken may
 * come back, and one that it takes for good may carry nothing.
 */
export class IngestPeer implements PublisherSession {
  /** Resolves when its native parts are gone. */
  readonly closed: Promise<void>;
  readonly #options: IngestPeerOptions;
  /** By chance, as it may be read by anybody. */
  readonly #name = randomBytes(9).toString("base64url");
  readonly #native: NativePeer;
  // Not in the midst of a packet.
  readonly #sink = new MeteredSink((problem) =>
    queueMicrotask(() => this.end(new StreamError("invalid-data", problem))),
  );
  readonly #media: WebrtcMedia;
  readonly #looks: Timer;
  #state: IngestFigures["state"] = "connecting";
  #silentLooks = 0;
  #candidates = { taken: 0, ignored: 0 };
  #lastLook: { atMs: number; bytes: number; bitsPerSecond: number };

  /** @throws Error where the system has no more sockets or threads */
  constructor(options: IngestPeerOptions) {
    const { native, offer, clock } = options;
    this.#options = options;
    this.#native = new NativePeer({
      ...{ native, video: describeTrack(native, offer), name: this.#name, clock },
      onOpen: () => this.#opened(),
      onMessage: (message) => this.#received(message),
      onState: (state) => {
        if (ENDS.has(state)) this.end(new StreamError("connection-lost", `the connection is ${state}`));
      },
    });
    this.closed = this.#native.closed;
    const { codec, payloadType, video } = offer;
    this.#media = new WebrtcMedia({
      ...{ codec, payloadType, clock, sink: this.#sink },
      nack: video.lines.some((line) => line === `a=rtcp-fb:${payloadType} nack` || line === "a=rtcp-fb:* nack"),
      send: (rtcp) => void this.#native.send(rtcp),
      onEnded: (error) => this.end(error),
    });
    this.#lastLook = { atMs: clock.now(), bytes: 0, bitsPerSecond: 0 };
    this.#looks = clock.every(LOOK_INTERVAL_MS, () => this.#look());
  }

  get figures(): IngestFigures {
    const { bitsPerSecond } = this.#lastLook;
    const { meter, lostUnits: lost } = this.#sink;
    return {
      ...{ state: this.#state, meter, bitsPerSecond, lost, ignoredCandidates: this.#candidates.ignored },
      ...this.#media.counters,
    };
  }

  /** Its pictures go there from now on. */
  feed(slot: CameraSlot): void {
    this.#sink.feed(slot.begin(this));
  }

  /**
   * Takes the offer and gives the library's answer, with all candidates.
   * @throws Error what the library does not understand, or where it is closed meanwhile
   */
  async negotiate(): Promise<string> {
    this.#native.take(this.#options.offer.sdp, "offer");
    return this.#native.describe("answer");
  }

  /**
   * Takes another address of the camera, as a line of SDP without `a=`; those over the bound are only counted.
   * @throws Error what the library does not understand
   */
  addCandidate(candidate: string): void {
    if (this.#candidates.taken >= MAX_CANDIDATES) {
      this.#candidates.ignored += 1;
      return;
    }
    this.#candidates.taken += 1;
    this.#native.addCandidate(candidate, this.#options.offer.mid);
  }

  requestKeyframe(): void {
    this.#media.requestKeyframe();
  }

  /** It comes to its end by itself, or its camera wants it to; who uses the pictures is told. Idempotent. */
  end(error: StreamError): void {
    if (this.#state === "closed") return;
    this.close(error.message);
    this.#sink.ended(error);
  }

  close(reason: string): void {
    if (this.#state === "closed") return;
    // The library tells the other side nothing, which would go on sending until ICE gives up.
    if (this.#state === "open") this.#native.send(writeBye(randomInt(1, 2 ** 32), this.#name));
    this.#state = "closed";
    this.#looks.cancel();
    this.#media.close();
    this.#native.close();
    this.#options.onClose(reason);
  }

  #opened(): void {
    if (this.#state !== "connecting") return;
    const address = this.#native.remoteAddress;
    this.#state = "open";
    this.#silentLooks = 0;
    this.#sink.connected({
      sameClock: address !== undefined && isOwnAddress(address),
      description: `WebRTC of ${address ?? "an unknown address"}`,
    });
  }

  #received(message: Buffer): void {
    if (this.#state !== "open") return;
    if (!isRtcp(message)) this.#silentLooks = 0;
    this.#media.packet(message);
  }

  #look(): void {
    if (this.#state === "closed") return;
    const { atMs, bytes } = this.#lastLook;
    const [nowMs, { receivedBytes, meter }] = [this.#options.clock.now(), this.#sink];
    const bitsPerSecond = ((receivedBytes - bytes) * 8_000) / Math.max(nowMs - atMs, 1);
    this.#lastLook = { atMs: nowMs, bytes: receivedBytes, bitsPerSecond };
    this.#silentLooks += 1;
    // What was in between says nothing about the rate at which it goes on.
    if (this.#silentLooks > 1) meter.pause();
    if (this.#silentLooks <= MAX_SILENT_LOOKS[this.#state]) return;
    if (this.#state === "open") this.end(new StreamError("connection-lost", "nothing came for 30 s"));
    else this.end(new StreamError("connect-failed", "no connection came about within 10 s"));
  }
}

function describeTrack(native: NativeWebrtc, offer: PublisherOffer): InstanceType<NativeWebrtc["Video"]> {
  const { mid, codec, payloadType, formatParameters } = offer;
  const video = new native.Video(mid, "RecvOnly");
  if (codec === "vp8") video.addVP8Codec(payloadType);
  else if (formatParameters === "") video.addH264Codec(payloadType);
  else video.addH264Codec(payloadType, formatParameters);
  return video;
}
