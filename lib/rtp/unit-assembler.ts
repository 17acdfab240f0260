import { joinedLength } from "../codecs/annexb.js";
import { buildAccessUnit } from "../codecs/build-access-unit.js";
import { NAL as H264_NAL } from "../codecs/h264.js";
import { NAL as H265_NAL } from "../codecs/h265.js";
import { NAL_CODECS, type NalCodec, type NalCodecName } from "../codecs/nal-codec.js";
import type { UnitSink } from "../codecs/unit-sink.js";
import { CounterUnroller } from "./counter-unroller.js";
import { depacketiseH264 } from "./h264-payload.js";
import { depacketiseH265 } from "./h265-payload.js";
import { NalCollector } from "./nal-collector.js";
import type { RtpPacket } from "./packet.js";

// Parameter sets that wait for their picture; a sender without pictures must not pile them up.
const MOST_CARRIED_BYTES = 65_536;
// What an access unit that holds parameter sets begins with, but for a delimiter.
const FIRST_PARAMETER_SET = { h264: H264_NAL.SPS, h265: H265_NAL.VPS };

/** How a {@link UnitAssembler} is made. */
export interface UnitAssemblerOptions {
  codec: NalCodecName;
  /** RTP timestamp ticks in a second. */
  clockRate: number;
  /** A bigger access unit counts as lost. */
  maxUnitBytes: number;
  sink: UnitSink;
  /**
   * Whether parameter sets are known from outside the stream, so that a picture without any can be whole: many senders
   * put theirs into the SDP only. Default false.
   */
  parameterSetsKnown?: boolean;
}

/**
 * Makes access units of RTP packets that come in order. One ends with the marker bit, or where the timestamp
 * changes. One that a gap touches is never emitted but counted as lost, and so is one that may lack its head: behind
 * a gap only a delimiter or parameter set surely begins an access unit, and, from a sender that has its parameter sets
 * elsewhere, a first slice or what may precede it. So is one that is not what its frame stamp tells.
 */
export class UnitAssembler {
  readonly #options: UnitAssemblerOptions;
  readonly #codec: NalCodec;
  readonly #depacketise: (payload: Buffer, collector: NalCollector) => void;
  readonly #collector: NalCollector;
  readonly #unroller = new CounterUnroller(32);
  #misfires = 0;
  // The access unit that is open, or the last one.
  #open = false;
  #timestamp: number | undefined;
  #lastByteAtMs = 0;
  #carried: Buffer[] = [];
  #damaged = false;
  #silent = false;
  // What is unsure about the next one.
  #joining = true;
  #headUnsure = true;
  #markerTrusted = true;
  /** Whether the latest keyframe brought its parameter sets along: the next one is not whole without, then. */
  #setsInside = false;

  constructor(options: UnitAssemblerOptions) {
    this.#options = options;
    this.#codec = NAL_CODECS[options.codec];
    this.#depacketise = options.codec === "h264" ? depacketiseH264 : depacketiseH265;
    this.#collector = new NalCollector(options.maxUnitBytes);
  }

  /** How often a marker bit proved wrong: more of the same picture came behind it. */
  get misfires(): number {
    return this.#misfires;
  }

  /** Always false: without its marker bit or the next timestamp, nothing tells that an access unit is whole. */
  get pending(): boolean {
    return false;
  }

  /** Takes the next packet of the stream, and when it arrived. */
  packet(packet: RtpPacket, arrivedAtMs: number): void {
    if (packet.payload.length === 0) return;
    if (this.#open && packet.timestamp !== this.#timestamp) this.#finish();
    const begins = !this.#open;
    this.#lastByteAtMs = begins ? arrivedAtMs : Math.max(this.#lastByteAtMs, arrivedAtMs);
    this.#depacketise(packet.payload, this.#collector);
    if (begins) this.#begin(packet.timestamp);
    this.#headUnsure = false;
    if (packet.marker && this.#markerTrusted) this.#finish();
  }

  /** Packets are missing before the next one. */
  gap(): void {
    if (this.#open) this.#damaged = true;
    this.#headUnsure = true;
  }

  /** Does nothing, see {@link UnitAssembler.pending}. */
  flush(): void {}

  #begin(timestamp: number): void {
    const head = this.#collector.head;
    if (this.#headUnsure) this.#beginUnsure(head);
    else if (timestamp === this.#timestamp && head && this.#codec.nalRole(head) === "slice") {
      this.#misfires++;
      this.#markerTrusted = false;
      this.#damaged = true;
    }
    this.#open = true;
    this.#timestamp = timestamp;
    this.#joining = false;
  }

  #beginUnsure(head: Buffer | undefined): void {
    const whole = head !== undefined && this.#surelyBegins(head);
    if (!whole) {
      this.#damaged = true;
      this.#silent = this.#joining;
    } else if (!this.#joining) {
      // Nothing of this one is missing, so the gap swallowed something before it.
      this.#lose();
    }
  }

  #surelyBegins(head: Buffer): boolean {
    const role = this.#codec.nalRole(head);
    if (role === "delimiter" || this.#isFirstParameterSet(head)) return true;
    if (!this.#options.parameterSetsKnown || this.#setsInside) return false;
    return role === "first-slice" || role === "leading";
  }

  #isFirstParameterSet(nal: Buffer): boolean {
    return this.#codec.nalType(nal) === FIRST_PARAMETER_SET[this.#codec.name];
  }

  #finish(): void {
    const whole = !this.#damaged && !this.#collector.broken && !this.#collector.unfinished;
    const nals = this.#collector.take();
    const silent = this.#silent;
    this.#open = this.#damaged = this.#silent = false;
    if (whole) this.#emit(nals);
    else if (!silent) this.#lose();
  }

  #emit(nals: Buffer[]): void {
    // Some senders end their parameter sets with a marker too, or give them a time of their own.
    const all = [...this.#carried, ...nals];
    const unit = buildAccessUnit({
      codec: this.#codec.name,
      nals: all,
      receivedAtMs: this.#lastByteAtMs,
      mediaTimeMs: (this.#unroller.unroll(this.#timestamp ?? 0) / this.#options.clockRate) * 1_000,
    });
    this.#carried = unit || joinedLength(all) > MOST_CARRIED_BYTES ? [] : all;
    if (unit === "damaged") this.#lose();
    else if (unit) {
      if (unit.keyframe) this.#setsInside = all.some((nal) => this.#isFirstParameterSet(nal));
      this.#options.sink.unit(unit);
    }
  }

  #lose(): void {
    this.#carried = [];
    this.#options.sink.lost(1);
  }
}
