import type { Clock } from "../clock.js";
import type { StreamError } from "../errors.js";
import { KeyframeRequests } from "../rtp/keyframe-requests.js";
import { LossRepair } from "../rtp/loss-repair.js";
import { isRtcp, type RtpPacket } from "../rtp/packet.js";
import type { RtcpRequest } from "../rtp/rtcp-feedback.js";
import { RtpMedia, type RtpMediaOptions } from "../sources/rtp-media.js";
import type { SourceSink } from "../sources/source.js";

const CLOCK_RATE = 90_000;
/** Senders that adapt to the line want to hear of it often. */
const REPORT_INTERVAL_MS = 1_000;

/** How a {@link WebrtcMedia} is made. */
export interface WebrtcMediaOptions {
  codec: "h264" | "vp8";
  /** As negotiated; packets of other types are passed over. */
  payloadType: number;
  clock: Clock;
  sink: SourceSink;
  /** Sends a packet of RTCP to the peer; one that cannot be sent is lost. */
  send(rtcp: Buffer): void;
  /** Whether lost packets are asked for again, as the peer has to offer it; default true. */
  nack?: boolean | undefined;
  /** Called with `stream-ended` when the peer says goodbye. */
  onEnded(error: StreamError): void;
}

/** Figures of one stream since it began. */
export interface WebrtcMediaCounters {
  /** NACKs sent, each for one packet or several. */
  nacks: number;
  /** Packets that were missed and came after all. */
  recoveredPackets: number;
  keyframeRequests: number;
}

type WithoutSsrc<Request> = Request extends unknown ? Omit<Request, "ssrc"> : never;

/**
 * Makes access units of what a peer sends over one track: asks again for packets that were lost, for a keyframe where a
 * picture is lost for good, and reports. Where nothing is missing, nothing waits.
 */
export class WebrtcMedia {
  readonly #media: RtpMedia;
  readonly #keyframes: KeyframeRequests;
  readonly #repair: LossRepair | undefined;
  /** The peer's; undefined before its first packet. */
  #ssrc: number | undefined;
  #hasKeyframe = false;
  #closed = false;

  constructor(options: WebrtcMediaOptions) {
    const { codec, payloadType, clock, sink, send, nack = true, onEnded } = options;
    this.#keyframes = new KeyframeRequests({
      clock,
      ask: () => this.#ask({ kind: "keyframe-request" }),
      // Who sends VP8 takes the request itself.
      estimate:
        codec === "h264" ? (bitsPerSecond) => this.#ask({ kind: "bandwidth-estimate", bitsPerSecond }) : undefined,
    });
    const repair = nack
      ? new LossRepair({ clock, ask: (sequences) => this.#ask({ kind: "nack", sequences }) })
      : undefined;
    this.#repair = repair;
    this.#media = new RtpMedia({
      track: { url: "webrtc", codec, payloadType, clockRate: CLOCK_RATE, parameterSets: [] },
      sink: this.#watched(sink),
      ...{ clock, sendRtcp: send, onEnded, reportIntervalMs: REPORT_INTERVAL_MS },
      reorderWindowMs: repair && (() => repair.windowMs),
      onPacket: (packet) => this.#packet(packet),
    });
  }

  get counters(): WebrtcMediaCounters {
    const { asks = 0, recovered = 0 } = this.#repair ?? {};
    return { nacks: asks, recoveredPackets: recovered, keyframeRequests: this.#keyframes.count };
  }

  /** Takes whatever comes over the track, decrypted: RTP or RTCP. */
  packet(datagram: Buffer): void {
    if (isRtcp(datagram)) this.#media.rtcp(datagram);
    else this.#media.rtp(datagram);
  }

  /** Asks for a keyframe, and again until one comes. Before its first packet the peer is not asked: it begins with one. */
  requestKeyframe(): void {
    if (!this.#closed && this.#ssrc !== undefined) this.#keyframes.need();
  }

  /** What comes now is not looked at, nothing more is sent, and no timer stays behind. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#keyframes.done();
    this.#repair?.reset();
    this.#media.close();
  }

  #packet({ ssrc, sequence }: RtpPacket): void {
    if (this.#ssrc !== ssrc) this.#repair?.reset();
    this.#ssrc = ssrc;
    this.#repair?.packet(sequence);
  }

  #watched(sink: SourceSink): RtpMediaOptions["sink"] {
    return {
      bytes: (count) => sink.bytes(count),
      live: () => sink.live(),
      discarded: (bytes) => sink.discarded(bytes),
      unit: (unit) => {
        if (unit.keyframe) this.#keyframes.done();
        else if (!this.#hasKeyframe) this.requestKeyframe();
        this.#hasKeyframe ||= unit.keyframe;
        sink.unit(unit);
      },
      lost: (count) => {
        this.requestKeyframe();
        sink.lost(count);
      },
    };
  }

  #ask(request: WithoutSsrc<RtcpRequest>): void {
    if (this.#ssrc !== undefined) this.#media.ask({ ...request, ssrc: this.#ssrc });
  }
}
