import type { NalRole } from "./nal-role.js";
import { SEI_FILLER } from "./sei.js";

export { type H265Sps, parseSps } from "./h265-sps.js";

/** Length of a NAL unit header. @see ITU-T H.265 7.3.1.2 */
export const NAL_HEADER_BYTES = 2;

/** `nal_unit_type`, as far as it matters here. @see ITU-T H.265 table 7-1 */
export const NAL = {
  BLA_W_LP: 16,
  LAST_IRAP: 23,
  LAST_VCL: 31,
  VPS: 32,
  SPS: 33,
  PPS: 34,
  AUD: 35,
  FILLER: 38,
  PREFIX_SEI: 39,
} as const;

/** An access unit delimiter, NAL unit without start code, that allows every slice type. @see ITU-T H.265 7.3.2.5 */
export const AUD: Buffer = Buffer.from([0x46, 0x01, 0x50]);

/** The `nal_unit_type` of a NAL unit; 0 when it is empty. */
export function nalType(nal: Buffer): number {
  return ((nal[0] ?? 0) >> 1) & 0x3f;
}

/** The `nuh_layer_id` of a NAL unit: 0 for the base layer, the only one that is not an extension. */
export function layerId(nal: Buffer): number {
  return (((nal[0] ?? 0) & 1) << 5) | ((nal[1] ?? 0) >> 3);
}

/** Whether a slice NAL unit is the first of its picture: `first_slice_segment_in_pic_flag`. @see ITU-T H.265 7.3.6.1 */
export function isFirstSliceOfPicture(nal: Buffer): boolean {
  return ((nal[2] ?? 0) & 0x80) !== 0;
}

/**
 * The role of a NAL unit of which at least the beginning is here; undefined when it takes more bytes to tell, never
 * so from three bytes on.
 */
export function nalRole(nal: Buffer): NalRole | undefined {
  const header = nal[0];
  if (header === undefined) return undefined;
  if ((header & 0x80) !== 0) return "padding";
  const type = nalType(nal);
  // The layer's upper bit stands in this byte too: a delimiter must not wait for its second byte.
  if (type === NAL.AUD && (header & 1) === 0) return "delimiter";
  if (type === NAL.FILLER) return "padding";
  if (nal.length < NAL_HEADER_BYTES) return undefined;
  if (layerId(nal) > 0) return "trailing";
  if (type <= NAL.LAST_VCL) {
    if (nal.length < 3) return undefined;
    return isFirstSliceOfPicture(nal) ? "first-slice" : "slice";
  }
  if (type === NAL.PREFIX_SEI) {
    if (nal.length < 3) return undefined;
    return nal[2] === SEI_FILLER ? "padding" : "leading";
  }
  return type === NAL.VPS || type === NAL.SPS || type === NAL.PPS ? "leading" : "trailing";
}

/** Whether decoding can start at the picture that this NAL unit is part of: a slice of an IRAP picture. */
export function marksKeyframe(nal: Buffer): boolean {
  const type = nalType(nal);
  return type >= NAL.BLA_W_LP && type <= NAL.LAST_IRAP;
}

/** Whether these bytes begin a video or sequence parameter set of H.265, and so are not H.264. Two bytes suffice. */
export function looksLikeParameterSet(nal: Buffer): boolean {
  // In H.264 both would be types that no encoder for cameras writes (0 and data partitioning).
  return (nal[0] === NAL.VPS << 1 || nal[0] === NAL.SPS << 1) && nal[1] === 1;
}
