import { START_CODE_PREFIX, splitNalUnits, trimZeros } from "../codecs/annexb.js";
import { buildAccessUnit } from "../codecs/build-access-unit.js";
import { NAL_CODECS, type NalCodec, type NalCodecName } from "../codecs/nal-codec.js";
import { isSlice, type NalRole } from "../codecs/nal-role.js";
import type { UnitSink } from "../codecs/unit-sink.js";

/** How a {@link PictureSplitter} is made. */
export interface PictureSplitterOptions {
  codec: NalCodecName;
  maxUnitBytes: number;
  sink: UnitSink;
}

/** When the payload of a PES packet was presented and received, in milliseconds. */
export interface PesTimes {
  mediaTimeMs: number | undefined;
  receivedAtMs: number;
}

/**
 * Access units out of the payloads of PES packets. Muxers put one picture into each; one that holds several is split,
 * and where a picture turns out to go over several, each is held until the next one begins.
 * One that is not what its frame stamp tells is lost.
 */
export class PictureSplitter {
  readonly #options: PictureSplitterOptions;
  readonly #codec: NalCodec;
  #aligned = true;
  #misfires = 0;
  #nals: Buffer[] = [];
  #bytes = 0;
  #hasSlice = false;
  #damaged = false;
  #times: PesTimes = { mediaTimeMs: undefined, receivedAtMs: 0 };

  constructor(options: PictureSplitterOptions) {
    this.#options = options;
    this.#codec = NAL_CODECS[options.codec];
  }

  /** How often a picture went on behind the end of its PES packet. */
  get misfires(): number {
    return this.#misfires;
  }

  /** Whether a picture is held. */
  get pending(): boolean {
    return this.#hasSlice && !this.#damaged;
  }

  /** Takes the payload of the next PES packet. */
  push(payload: Buffer, times: PesTimes): void {
    // The presentation time is that of the first picture that begins here.
    let mediaTimeMs = times.mediaTimeMs;
    this.#skipHeadless(payload);
    for (const nal of splitNalUnits(payload)) {
      const role = this.#codec.nalRole(nal) ?? "padding";
      if (this.#beginsUnit(role)) this.#finish();
      if (this.#nals.length === 0 && role !== "padding") {
        this.#times = { mediaTimeMs, receivedAtMs: times.receivedAtMs };
        mediaTimeMs = undefined;
      }
      this.#add(nal, role);
    }
    this.#times.receivedAtMs = times.receivedAtMs;
    if (this.#aligned && this.#hasSlice) this.#finish();
  }

  /** A PES packet is missing before the next. */
  broken(): void {
    this.#clear();
    // Where pictures go over several PES packets, the next one may begin in the middle of the same picture.
    this.#damaged = !this.#aligned;
    this.#options.sink.lost(1);
  }

  /** The bytes stopped coming: the picture that is held is whole. */
  flush(): void {
    if (this.pending) this.#finish();
  }

  /** Bytes before the first start code would belong to a NAL unit that is gone. */
  #skipHeadless(payload: Buffer): void {
    const found = payload.indexOf(START_CODE_PREFIX);
    const headless = trimZeros(payload, 0, found < 0 ? payload.length : found);
    if (headless === 0) return;
    this.#options.sink.discarded(headless);
    this.broken();
  }

  #beginsUnit(role: NalRole): boolean {
    if (!this.#hasSlice && !this.#damaged) return false;
    return role === "delimiter" || role === "leading" || role === "first-slice";
  }

  #add(nal: Buffer, role: NalRole): void {
    if (this.#damaged) return;
    if (role === "slice" && !this.#hasSlice) {
      this.#misfires++;
      this.#aligned = false;
      this.#damage();
      return;
    }
    this.#hasSlice ||= isSlice(role);
    this.#nals.push(nal);
    this.#bytes += nal.length;
    if (this.#bytes > this.#options.maxUnitBytes) this.#damage();
  }

  #damage(): void {
    this.#clear();
    this.#damaged = true;
    this.#options.sink.lost(1);
  }

  #finish(): void {
    const nals = this.#nals;
    this.#clear();
    const unit = buildAccessUnit({ codec: this.#codec.name, nals, ...this.#times });
    if (unit === "damaged") this.#options.sink.lost(1);
    else if (unit) this.#options.sink.unit(unit);
  }

  #clear(): void {
    this.#nals = [];
    this.#bytes = 0;
    this.#hasSlice = false;
    this.#damaged = false;
  }
}
