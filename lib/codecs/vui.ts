import type { BitReader } from "./bit-reader.js";

const EXTENDED_SAMPLE_ASPECT_RATIO = 255;

/**
 * Passes over the part of the video usability information that is the same in H.264 and H.265: aspect ratio, overscan,
 * colours and where chroma samples lie.
 *
 * @see ITU-T H.264 E.1.1, H.265 E.2.1
 */
export function skipVuiHead(bits: BitReader): void {
  if (bits.flag() && bits.u(8) === EXTENDED_SAMPLE_ASPECT_RATIO) bits.skip(32);
  if (bits.flag()) bits.skip(1); // overscan
  if (bits.flag()) {
    bits.skip(4); // video_format, video_full_range_flag
    if (bits.flag()) bits.skip(24); // colour description
  }
  if (bits.flag()) {
    bits.ue(); // chroma_sample_loc_type_top_field
    bits.ue(); // chroma_sample_loc_type_bottom_field
  }
}
