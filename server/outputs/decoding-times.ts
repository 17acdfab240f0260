import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { splitNalUnits } from "../../lib/codecs/annexb.js";
import * as h264 from "../../lib/codecs/h264.js";
import * as h265 from "../../lib/codecs/h265.js";
import type { NalCodecName } from "../../lib/codecs/nal-codec.js";
import { StreamError } from "../../lib/errors.js";

/** The most that either format allows. */
const DEEPEST_REORDERING = 16;
/** Between the decoding times of the first pictures, where the stream does not tell its rate. */
const DEFAULT_INTERVAL_MS = 40;

/**
 * When each picture has to be decoded so that it is there when it is shown: the times of display in their order, as
 * many pictures earlier as the stream's parameter sets say that it reorders. The same as the time of display in a
 * stream that reorders nothing or does not tell.
 *
 * @see ITU-T H.222.0 2.7.5
 */
export class DecodingTimes {
  readonly #codec: NalCodecName;
  /** Times of display that are not dealt out yet, in order; as many as pictures are reordered. */
  readonly #waiting: number[] = [];
  #depth = 0;
  #intervalMs = DEFAULT_INTERVAL_MS;

  constructor(codec: NalCodecName) {
    this.#codec = codec;
  }

  /** The decoding time of the next unit in coding order, which is shown at `displayMs`. */
  next(unit: AccessUnit, displayMs: number): number {
    if (unit.keyframe) this.#read(unit);
    while (this.#waiting.length < this.#depth) {
      this.#waiting.unshift((this.#waiting[0] ?? displayMs) - this.#intervalMs);
    }
    this.#waiting.splice(0, this.#waiting.length - this.#depth);
    this.#waiting.push(displayMs);
    this.#waiting.sort((a, b) => a - b);
    return this.#waiting.shift() ?? displayMs;
  }

  #read({ data }: AccessUnit): void {
    const { nalType, NAL, parseSps } = this.#codec === "h264" ? h264 : h265;
    const nal = splitNalUnits(data).find((candidate) => nalType(candidate) === NAL.SPS);
    if (nal === undefined) return;
    try {
      const { maxReorderFrames = 0, fps } = parseSps(nal);
      this.#depth = Math.min(maxReorderFrames, DEEPEST_REORDERING);
      this.#intervalMs = fps === undefined ? DEFAULT_INTERVAL_MS : 1_000 / fps;
    } catch (error) {
      // One that cannot be read is the receiver's affair.
      if (!(error instanceof StreamError)) throw error;
    }
  }
}
