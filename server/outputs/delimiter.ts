import type { AccessUnit, Codec } from "../../lib/codecs/access-unit.js";
import { joinNalUnits } from "../../lib/codecs/annexb.js";
import { isNalCodec, NAL_CODECS } from "../../lib/codecs/nal-codec.js";

const NOTHING = Buffer.alloc(0);

/** An SEI without content (a filler payload of length 0), header included. */
const EMPTY_SEI = { h264: Buffer.from([0x06, 0x03, 0x00, 0x80]), h265: Buffer.from([0x4e, 0x01, 0x03, 0x00, 0x80]) };

/**
 * How the next picture of a byte stream begins, start codes included: its access unit delimiter and an SEI without
 * content. Parsers such as ffmpeg's end the picture before it when they see the delimiter; GStreamer's want to see the
 * delimiter's end as well, which the SEI shows. Empty for JPEG, which has none.
 *
 * @see ITU-T H.264 7.4.1.2.3 and D.1.4, ITU-T H.265 7.4.2.4.4 and D.2.4
 */
export function delimiter(codec: Codec): Buffer {
  return isNalCodec(codec) ? joinNalUnits([NAL_CODECS[codec].aud, EMPTY_SEI[codec]]) : NOTHING;
}

/**
 * A unit as a byte stream carries it: with the delimiter of the next picture right behind it, so that every parser
 * knows at once that the picture is whole.
 */
export function wireBytes(unit: AccessUnit): Buffer {
  const end = delimiter(unit.codec);
  return end.length === 0 ? unit.data : Buffer.concat([unit.data, end]);
}
