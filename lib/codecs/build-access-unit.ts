import type { AccessUnit, FrameStamp } from "./access-unit.js";
import { joinNalUnits } from "./annexb.js";
import { matchesStamp, parseStamp } from "./frame-stamp.js";
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
 * @returns undefined when there is no slice among the NAL units, so that nothing can be shown; `damaged` when they are
 *   not those that their stamp tells of
 */
export function buildAccessUnit(parts: AccessUnitParts): AccessUnit | "damaged" | undefined {
  const { codec, receivedAtMs, mediaTimeMs } = parts;
  const { nalRole, marksKeyframe } = NAL_CODECS[codec];
  const nals: Buffer[] = [];
  let stamp: FrameStamp | undefined;
  let behindStamp = 0;
  let keyframe = false;
  let hasSlice = false;
  for (const nal of parts.nals) {
    const role = nalRole(nal) ?? "padding";
    if (!isKept(role)) continue;
    nals.push(nal);
    if (role === "leading" && stamp === undefined) {
      stamp = parseStamp(codec, nal);
      behindStamp = nals.length;
    }
    hasSlice ||= isSlice(role);
    keyframe ||= marksKeyframe(nal);
  }
  if (!hasSlice) return undefined;
  if (stamp !== undefined && !matchesStamp(stamp, nals.slice(behindStamp))) return "damaged";
  return {
    codec,
    data: joinNalUnits(nals),
    keyframe,
    receivedAtMs,
    ...(mediaTimeMs === undefined ? {} : { mediaTimeMs }),
    ...(stamp === undefined ? {} : { stamp }),
  };
}
