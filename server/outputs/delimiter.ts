import type { AccessUnit, Codec } from "../../lib/codecs/access-unit.js";
import { joinNalUnits } from "../../lib/codecs/annexb.js";
import { isNalCodec, NAL_CODECS } from "../../lib/codecs/nal-codec.js";

const NOTHING = Buffer.alloc(0);

/**
 * The access unit delimiter that begins the next picture of a byte stream, start code included; empty for formats
 * that have none.
 *
 * @see ITU-T H.264 7.4.1.2.3, ITU-T H.265 7.4.2.4.4
 */
export function delimiter(codec: Codec): Buffer {
  return isNalCodec(codec) ? joinNalUnits([NAL_CODECS[codec].aud]) : NOTHING;
}

/**
 * A unit as a byte stream carries it: with the delimiter of the next picture right behind it, so that every parser
 * knows at once that the picture is whole.
 */
export function wireBytes(unit: AccessUnit): Buffer {
  const end = delimiter(unit.codec);
  return end.length === 0 ? unit.data : Buffer.concat([unit.data, end]);
}
