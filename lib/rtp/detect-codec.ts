import { parseSps } from "../codecs/h264.js";
import { detectNalCodec, NAL_CODECS, type NalCodecName } from "../codecs/nal-codec.js";
import { depacketiseH264 } from "./h264-payload.js";
import { depacketiseH265 } from "./h265-payload.js";
import { NalCollector } from "./nal-collector.js";

const LARGEST_PAYLOAD = 65_536;

/**
 * The codec of an RTP payload that holds a parameter set or begins a fragmented keyframe; undefined where it could
 * be either codec, or neither. The two never agree on such a payload: what is a parameter set or an aggregate of one
 * codec is a NAL unit type of the other that no camera sends, and H.265 fixes the second byte, which no H.264
 * profile and no start of an FU-A matches.
 *
 * @see RFC 6184 section 5.2, RFC 7798 section 4.4
 */
export function detectRtpCodec(payload: Buffer): NalCodecName | undefined {
  if (holds(payload, "h264", depacketiseH264)) return "h264";
  return holds(payload, "h265", depacketiseH265) ? "h265" : undefined;
}

function holds(payload: Buffer, codec: NalCodecName, depacketise: typeof depacketiseH264): boolean {
  const collector = new NalCollector(LARGEST_PAYLOAD);
  depacketise(payload, collector);
  const head = collector.head;
  if (collector.unfinished && head) return beginsKeyframe(head, codec);
  return collector.take().some((nal) => detectNalCodec(nal) === codec && (codec !== "h264" || isSps(nal)));
}

function beginsKeyframe(head: Buffer, codec: NalCodecName): boolean {
  const { nalRole, marksKeyframe } = NAL_CODECS[codec];
  if (nalRole(head) !== "first-slice" || !marksKeyframe(head)) return false;
  const [header = 0, second = 0] = head;
  if (codec === "h265") return (header & 1) === 0 && second === 1;
  // nal_ref_idc is not 0, and slice_type, in Exp-Golomb behind the single bit of first_mb_in_slice, is I: 2 or 7.
  return (header & 0x60) !== 0 && (second === 0x88 || second >> 4 === 0b1011);
}

/** Two bytes of chance make no parameter set: audio on the port must not be taken for video. */
function isSps(nal: Buffer): boolean {
  try {
    return parseSps(nal).width > 0;
  } catch {
    return false;
  }
}
