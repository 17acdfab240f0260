import { randomBytes, randomInt } from "node:crypto";
import type { Clock, Timer } from "../clock.js";
import type { AccessUnit } from "../codecs/access-unit.js";
import { isNalCodec } from "../codecs/nal-codec.js";
import { ParameterSets } from "../codecs/parameter-sets.js";
import { StreamError } from "../errors.js";
import { parseRtp, type RtpPacket } from "../rtp/packet.js";
import { ReceptionStatistics } from "../rtp/reception-statistics.js";
import { parseRtcp, type SenderReport, writeReceiverReport } from "../rtp/rtcp.js";
import { type RtcpRequest, writeRtcpFeedback } from "../rtp/rtcp-feedback.js";
import { RtpParser } from "../rtp/rtp-parser.js";
import { SenderClock } from "../rtp/sender-clock.js";
import { IdleFlush } from "./idle-flush.js";
import type { PlayableTrack } from "./rtsp-track.js";
import type { RtspTransportSink } from "./rtsp-transport.js";
import type { SourceSink } from "./source.js";

/** Servers that count reports as a sign of life want one soon. */
const FIRST_REPORT_MS = 1_000;
const DEFAULT_REPORT_INTERVAL_MS = 5_000;
/** Timestamps that leave the time of arrival behind so far, or fall so far behind it, are of another time line. */
const NEW_TIME_LINE_MS = 10_000;

/** What is agreed on of a stream before it comes. `url` names it in errors. */
export type AgreedTrack = Pick<PlayableTrack, "url" | "codec" | "payloadType" | "clockRate" | "parameterSets" | "size">;

/** What an {@link RtpMedia} works with. */
export interface RtpMediaOptions {
  track: AgreedTrack;
  sink: Pick<SourceSink, "bytes" | "live" | "unit" | "lost" | "discarded">;
  clock: Clock;
  /** See {@link RtpParserOptions}. */
  reorderWindowMs?: (() => number) | undefined;
  /** Between two reports; default 5 s. The first comes after one second. */
  reportIntervalMs?: number | undefined;
  sendRtcp(packet: Buffer): void;
  /** The first RTP packet came. */
  onStarted?(): void;
  /** A packet of the stream came; called before the pictures that it completes. */
  onPacket?(packet: RtpPacket): void;
  /** The first keyframe came whole. */
  onKeyframe?(): void;
  /** Nothing more comes. */
  onEnded(error: StreamError): void;
}

/** Makes access units of one track's RTP and RTCP packets, and reports on them to the sender. */
export class RtpMedia implements RtspTransportSink {
  readonly #options: RtpMediaOptions;
  readonly #parameterSets = new ParameterSets();
  readonly #parser: RtpParser;
  readonly #feed: IdleFlush;
  readonly #statistics: ReceptionStatistics;
  readonly #senderClock: SenderClock;
  /** Ours, as a receiver. */
  readonly #ssrc = randomInt(2 ** 32);
  readonly #name = randomBytes(12).toString("base64");
  #reports: Timer | undefined;
  /** The last packet. */
  #last: { ssrc: number; timestamp: number; arrivedAtMs: number } | undefined;
  #hasKeyframe = false;
  #closed = false;

  constructor(options: RtpMediaOptions) {
    this.#options = options;
    const { track, sink, clock, reorderWindowMs, reportIntervalMs = DEFAULT_REPORT_INTERVAL_MS } = options;
    const { codec, clockRate, payloadType, parameterSets, size } = track;
    if (codec !== undefined && isNalCodec(codec)) this.#parameterSets.prime(codec, parameterSets);
    this.#parser = new RtpParser({
      ...{ codec, clockRate, payloadType, oneSender: true, reorderWindowMs, ...(size && { size }) },
      parameterSetsKnown: this.#parameterSets.known,
      sink: {
        unit: (unit) => this.#unit(this.#complete(unit)),
        lost: (count) => sink.lost(count),
        discarded: (bytes) => sink.discarded(bytes),
      },
    });
    this.#feed = new IdleFlush({ parser: this.#parser, clock, onLive: () => sink.live(), pieces: true });
    this.#statistics = new ReceptionStatistics({ clockRate });
    this.#senderClock = new SenderClock({ clockRate });
    this.#reports = clock.after(FIRST_REPORT_MS, () => {
      this.#report();
      this.#reports = clock.every(reportIntervalMs, () => this.#report());
    });
  }

  rtp(datagram: Buffer): void {
    const { sink, clock, track } = this.#options;
    if (this.#closed) return;
    sink.bytes(datagram.length);
    const packet = parseRtp(datagram);
    if (packet?.payloadType === track.payloadType) {
      const arrivedAtMs = clock.now();
      if (!this.#last) this.#options.onStarted?.();
      // The last report says nothing about it.
      else if (this.#isAnother(packet, arrivedAtMs)) this.#senderClock.reset();
      this.#last = { ssrc: packet.ssrc, timestamp: packet.timestamp, arrivedAtMs };
      this.#statistics.packet(packet, arrivedAtMs);
      this.#options.onPacket?.(packet);
    }
    this.#feed.bytes(datagram);
  }

  rtcp(datagram: Buffer): void {
    if (this.#closed) return;
    this.#options.sink.bytes(datagram.length);
    for (const packet of parseRtcp(datagram)) {
      if (packet.kind === "sender-report") this.#heard(packet.report);
      // Of a stream before this one it says nothing that matters.
      if (packet.kind === "bye" && this.#last && packet.ssrcs.includes(this.#last.ssrc)) {
        this.#options.onEnded(
          new StreamError("stream-ended", `${this.#options.track.url}: the sender ended the stream`),
        );
      }
    }
  }

  /** Asks the sender for something. */
  ask(request: RtcpRequest): void {
    if (this.#closed) return;
    this.#options.sendRtcp(writeRtcpFeedback(request, { ssrc: this.#ssrc, cname: this.#name }));
  }

  failed(error: StreamError): void {
    this.#options.onEnded(error);
  }

  /** What comes now is not looked at. Leaves no timer behind. */
  close(): void {
    this.#closed = true;
    this.#reports?.cancel();
    this.#feed.close();
  }

  #heard(report: SenderReport): void {
    this.#statistics.senderReport(report, this.#options.clock.now());
    // Before the first packet nothing tells whose report it is: there is but one track.
    if (!this.#last || report.ssrc === this.#last.ssrc) this.#senderClock.report(report);
  }

  #isAnother({ ssrc, timestamp }: RtpPacket, arrivedAtMs: number): boolean {
    const last = this.#last;
    if (last?.ssrc !== ssrc) return true;
    const passedMs = (((timestamp - last.timestamp) | 0) * 1_000) / this.#options.track.clockRate;
    return Math.abs(passedMs - (arrivedAtMs - last.arrivedAtMs)) > NEW_TIME_LINE_MS;
  }

  #report(): void {
    const block = this.#statistics.block(this.#options.clock.now());
    this.#options.sendRtcp(writeReceiverReport(this.#ssrc, block ? [block] : [], this.#name));
  }

  #unit(unit: AccessUnit): void {
    if (unit.keyframe && !this.#hasKeyframe) {
      this.#hasKeyframe = true;
      this.#options.onKeyframe?.();
    }
    this.#options.sink.unit(unit);
  }

  #complete(received: AccessUnit): AccessUnit {
    const unit = this.#parameterSets.complete(received);
    const capturedAtMs = this.#capturedAtMs(unit);
    return capturedAtMs === undefined ? unit : { ...unit, capturedAtMs };
  }

  /** The times inside a transport stream are its own, not RTP's. */
  #capturedAtMs({ mediaTimeMs }: AccessUnit): number | undefined {
    const { codec, clockRate } = this.#options.track;
    if (mediaTimeMs === undefined || codec === "mpegts") return undefined;
    return this.#senderClock.wallMs(Math.round((mediaTimeMs * clockRate) / 1_000));
  }
}
