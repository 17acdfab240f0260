import type { AccessUnit } from "./access-unit.js";
import { joinNalUnits } from "./annexb.js";
import { readStamp } from "./frame-stamp.js";
import { NAL_CODECS, type NalCodecName } from "./nal-codec.js";
import { isKept, isSlice } from "./nal-role.js";

/** What an access unit is made of. */
export interface AccessUnitParts {
  codec: NalCodecName;
  /** NAL units of one picture, in order, without start codes. */
  nals: readonly Buffer[];
  /** Monotonic milliseconds. */
  receivedAtMs: number;
  /** Position on the sender's time line in milliseconds, where known. */
  mediaTimeMs?: number | undefined;
}

/**
 * One access unit of H.264 or H.265 from its NAL units: Annex B with start codes of 4 bytes, in a new buffer,
 * without delimiters and filler data, its key and stamp looked up.
 *
 * @returns undefined when there is no slice among the NAL units, so that nothing can be shown
 */
export function buildAccessUnit(parts: AccessUnitParts): AccessUnit | undefined {
  const { codec, receivedAtMs, mediaTimeMs } = parts;
  const { nalRole, marksKeyframe } = NAL_CODECS[codec];
  const nals: Buffer[] = [];
  const leading: Buffer[] = [];
  let keyframe = false;
  let hasSlice = false;
  for (const nal of parts.nals) {
    const role = nalRole(nal) ?? "padding";
    if (!isKept(role)) continue;
    nals.push(nal);
    if (role === "leading") leading.push(nal);
    hasSlice ||= isSlice(role);
    keyframe ||= marksKeyframe(nal);
  }
  if (!hasSlice) return undefined;
  const stamp = readStamp(codec, leading);
  return {
    codec,
    data: joinNalUnits(nals),
    keyframe,
    receivedAtMs,
    ...(mediaTimeMs === undefined ? {} : { mediaTimeMs }),
    ...(stamp === undefined ? {} : { stamp }),
  };
}
