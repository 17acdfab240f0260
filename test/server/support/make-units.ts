import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";

/** What stands behind every picture on the wire, and before the first. */
export const H264_DELIMITER = Buffer.from([0, 0, 0, 1, 0x09, 0xf0, 0, 0, 0, 1, 0x06, 0x03, 0x00, 0x80]);

/** The heads of an SPS and a PPS: without them no keyframe counts as one. */
const PARAMETER_SETS = [Buffer.from([0x67, 0x42, 0xc0, 0x1e, 0xaa]), Buffer.from([0x68, 0xce, 0x3c])];

/** Shape of a made-up stream. */
export interface MakeUnitsOptions {
  count: number;
  /** Pictures from one keyframe to the next; `count` by default. */
  gop?: number;
  /** Bytes of each unit; 100 by default. */
  bytes?: number;
  codec?: "h264" | "mjpeg";
  /** Number of the first; 0 by default. */
  from?: number;
}

/** Access units that no decoder takes, but whose NAL units have the right types, and of which no two are alike. */
export function makeUnits(options: MakeUnitsOptions): AccessUnit[] {
  const { count, gop = count, bytes = 100, codec = "h264", from = 0 } = options;
  return Array.from({ length: count }, (_, index) => {
    const keyframe = codec === "mjpeg" || index % gop === 0;
    const sets = keyframe && codec === "h264" ? PARAMETER_SETS : [];
    const payload = Buffer.alloc(bytes - 4 - joinNalUnits(sets).length, 0xaa);
    payload.writeUInt16BE(keyframe ? 0x6588 : 0x419a);
    // No two zero bytes in a row, which could look like a start code.
    payload.writeUInt32BE(0x8080_8080 + from + index, 2);
    const data =
      codec === "mjpeg" ? Buffer.concat([Buffer.from([0xff, 0xd8]), payload]) : joinNalUnits([...sets, payload]);
    return { codec, data, keyframe, receivedAtMs: 1_000 + ((from + index) * 1_000) / 30 };
  });
}

/** The bytes that a client gets of these units: a delimiter first, and one behind each. */
export function wireOf(units: readonly AccessUnit[]): Buffer {
  return Buffer.concat([H264_DELIMITER, ...units.flatMap(({ data }) => [data, H264_DELIMITER])]);
}
