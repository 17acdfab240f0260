import type { NalRole } from "./nal-role.js";
import { SEI_FILLER, SEI_RECOVERY_POINT, seiMessages } from "./sei.js";

export { type H264Sps, parseSps } from "./h264-sps.js";

/** Length of a NAL unit header. @see ITU-T H.264 7.3.1 */
export const NAL_HEADER_BYTES = 1;

/** `nal_unit_type`, as far as it matters here. @see ITU-T H.264 table 7-1 */
export const NAL = {
  SLICE: 1,
  PARTITION_A: 2,
  IDR: 5,
  SEI: 6,
  SPS: 7,
  PPS: 8,
  AUD: 9,
  FILLER: 12,
  SUBSET_SPS: 15,
} as const;

/** An access unit delimiter, NAL unit without start code, that allows every slice type. @see ITU-T H.264 7.3.2.4 */
export const AUD: Buffer = Buffer.from([0x09, 0xf0]);

const PROFILES = new Set([66, 77, 88, 100, 110, 122, 244, 44, 83, 86, 118, 128, 134, 135, 138, 139]);

/** The `nal_unit_type` of a NAL unit; 0 (unspecified) when it is empty. */
export function nalType(nal: Buffer): number {
  return (nal[0] ?? 0) & 0x1f;
}

/** Whether a slice NAL unit is the first of its picture: `first_mb_in_slice` is 0. @see ITU-T H.264 7.3.3 */
export function isFirstSliceOfPicture(nal: Buffer): boolean {
  // Exp-Golomb writes 0 as a single 1 bit.
  return ((nal[1] ?? 0) & 0x80) !== 0;
}

/**
 * The role of a NAL unit of which at least the beginning is here; undefined when it takes more bytes to tell, never
 * so from two bytes on.
 */
export function nalRole(nal: Buffer): NalRole | undefined {
  const header = nal[0];
  if (header === undefined) return undefined;
  if ((header & 0x80) !== 0) return "padding";
  switch (header & 0x1f) {
    case NAL.SLICE:
    case NAL.PARTITION_A:
    case NAL.IDR:
      if (nal.length < 2) return undefined;
      return isFirstSliceOfPicture(nal) ? "first-slice" : "slice";
    case NAL.AUD:
      return "delimiter";
    case NAL.SEI:
      if (nal.length < 2) return undefined;
      return nal[1] === SEI_FILLER ? "padding" : "leading";
    case NAL.SPS:
    case NAL.PPS:
    case NAL.SUBSET_SPS:
      return "leading";
    case 0:
    case NAL.FILLER:
      return "padding";
    default:
      return "trailing";
  }
}

/** Whether decoding can start at the picture that this NAL unit is part of: IDR slice, or SEI with recovery point. */
export function marksKeyframe(nal: Buffer): boolean {
  const type = nalType(nal);
  if (type === NAL.IDR) return true;
  if (type !== NAL.SEI) return false;
  return seiMessages(nal, NAL_HEADER_BYTES).some((message) => message.payloadType === SEI_RECOVERY_POINT);
}

/** Whether these bytes begin a sequence parameter set of H.264, and so are not H.265. Two bytes suffice. */
export function looksLikeParameterSet(nal: Buffer): boolean {
  // nal_ref_idc is never 0 for parameter sets; 0x27, 0x47 and 0x67 are no NAL unit of the base layer of H.265.
  return (nal[0] === 0x67 || nal[0] === 0x47 || nal[0] === 0x27) && PROFILES.has(nal[1] ?? 0);
}
