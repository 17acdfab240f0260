import type { AccessUnit } from "./access-unit.js";
import { joinNalUnits, splitNalUnits } from "./annexb.js";
import { detectNalCodec, isNalCodec, type NalCodecName } from "./nal-codec.js";

/**
 * Sees to it that every keyframe can be decoded by somebody who begins with it: cameras and files that send their
 * parameter sets only once get them before each keyframe. Other formats than H.264 and H.265 pass as they are.
 *
 * @see ITU-T H.264 7.4.1.2.1, H.265 7.4.2.4.2
 */
export class ParameterSets {
  #latest: Buffer[] = [];
  #codec: AccessUnit["codec"] | undefined;

  /** Whether any are known yet. */
  get known(): boolean {
    return this.#latest.length > 0;
  }

  /**
   * Takes sets (NAL units without start codes) that are told outside the stream, as in SDP; those inside replace them.
   * What holds no sequence parameter set is passed over.
   */
  prime(codec: NalCodecName, nals: readonly Buffer[]): void {
    if (!nals.some((nal) => detectNalCodec(nal) === codec)) return;
    this.#latest = nals.filter((nal) => isParameterSet(nal, codec));
    this.#codec = codec;
  }

  /** The unit, with parameter sets where it needs them; no keyframe any more where none are known. */
  complete(unit: AccessUnit): AccessUnit {
    if (!unit.keyframe || !isNalCodec(unit.codec)) return unit;
    const nals = splitNalUnits(unit.data);
    // SPS and VPS tell the codec by their first bytes; picture parameter sets travel with them.
    const first = nals.findIndex((nal) => detectNalCodec(nal) === unit.codec);
    if (first >= 0) {
      this.#latest = nals.filter((nal) => isParameterSet(nal, unit.codec));
      this.#codec = unit.codec;
      return unit;
    }
    if (this.#latest.length === 0 || this.#codec !== unit.codec) return { ...unit, keyframe: false };
    return { ...unit, data: joinNalUnits([...this.#latest, ...nals]) };
  }
}

function isParameterSet(nal: Buffer, codec: AccessUnit["codec"]): boolean {
  const header = nal[0] ?? 0;
  if (codec === "h264") return [7, 8, 13, 15].includes(header & 0x1f);
  const type = (header >> 1) & 0x3f;
  return type >= 32 && type <= 34;
}
