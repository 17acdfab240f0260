import { StreamError } from "../errors.js";
import { unescapeNal } from "./annexb.js";
import { BitReader } from "./bit-reader.js";
import { skipShortTermSets } from "./h265-reference-sets.js";
import { skipVuiHead } from "./vui.js";

/** What a sequence parameter set of H.265 says of the pictures that follow. */
export interface H265Sps {
  /** `sps_seq_parameter_set_id`, 0 to 15. */
  id: number;
  /** `general_profile_space`, 0 to 3. */
  profileSpace: number;
  /** Whether the tier is High, not Main. */
  highTier: boolean;
  /** `general_profile_idc`: 1 Main, 2 Main 10, 3 Main Still Picture, 4 range extensions. */
  profile: number;
  /** The 32 `general_profile_compatibility_flag`s, the first one in the highest bit. */
  compatibility: number;
  /** The 6 bytes of constraint flags. */
  constraints: Buffer;
  /** `general_level_idc`: thirty times the level. */
  level: number;
  /** 0 monochrome, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
  chromaFormat: number;
  bitDepth: number;
  /** In pixels, after cropping to the conformance window. */
  width: number;
  height: number;
  /** `sps_max_num_reorder_pics` of the highest sub-layer. */
  maxReorderFrames: number;
  /** Whether pictures are coded in another order than shown. */
  reorders: boolean;
  /** Frames per second, where the stream tells. */
  fps?: number;
}

const MAX_SIDE = 65_535;

/**
 * Reads a sequence parameter set of the base layer.
 *
 * @param nal NAL unit with its header, without start code
 * @throws StreamError `invalid-data` when it is cut short or says what cannot be
 * @see ITU-T H.265 7.3.2.2.1 and E.2.1
 */
export function parseSps(nal: Buffer): H265Sps {
  const bits = new BitReader(unescapeNal(nal), 2);
  bits.skip(4); // sps_video_parameter_set_id
  const subLayers = bits.u(3);
  bits.skip(1); // sps_temporal_id_nesting_flag
  const profile = readProfile(bits, subLayers);
  const id = bits.ue();
  const chromaFormat = bits.ue();
  if (chromaFormat > 3) throw invalid("chroma_format_idc", chromaFormat, "0 to 3");
  const separatePlanes = chromaFormat === 3 && bits.flag();
  const size = readSize(bits, separatePlanes ? 0 : chromaFormat);
  const bitDepth = bits.ue() + 8;
  if (bitDepth > 16) throw invalid("bit depth", bitDepth, "8 to 16");
  bits.ue(); // bit_depth_chroma_minus8
  const orderCountBits = bits.ue() + 4;
  if (orderCountBits > 16) throw invalid("log2_max_pic_order_cnt_lsb_minus4", orderCountBits - 4, "0 to 12");
  const maxReorderFrames = readReorder(bits, subLayers);
  const fps = readFps(bits, orderCountBits);
  return {
    id,
    ...profile,
    chromaFormat,
    bitDepth,
    ...size,
    maxReorderFrames,
    reorders: maxReorderFrames > 0,
    ...(fps === undefined ? {} : { fps }),
  };
}

/** @see ITU-T H.265 7.3.3, profile_tier_level */
export function readProfile(bits: BitReader, subLayers: number) {
  const profileSpace = bits.u(2);
  const highTier = bits.flag();
  const profile = bits.u(5);
  const compatibility = bits.u(32);
  const constraints = Buffer.alloc(6);
  constraints.writeUInt32BE(bits.u(32), 0);
  constraints.writeUInt16BE(bits.u(16), 4);
  const level = bits.u(8);
  const present = Array.from({ length: subLayers }, () => ({ profile: bits.flag(), level: bits.flag() }));
  if (subLayers > 0) bits.skip((8 - subLayers) * 2); // reserved_zero_2bits
  for (const layer of present) bits.skip((layer.profile ? 88 : 0) + (layer.level ? 8 : 0));
  return { profileSpace, highTier, profile, compatibility, constraints, level };
}

/** Width and height in pixels, after cropping. @see ITU-T H.265 7.3.2.2.1 */
export function readSize(bits: BitReader, chromaArrayType: number) {
  const [codedWidth, codedHeight] = [bits.ue(), bits.ue()];
  const [left, right, top, bottom] = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0];
  const width = codedWidth - (chromaArrayType === 1 || chromaArrayType === 2 ? 2 : 1) * (left + right);
  const height = codedHeight - (chromaArrayType === 1 ? 2 : 1) * (top + bottom);
  for (const side of [width, height]) {
    if (side < 1 || side > MAX_SIDE) throw invalid("picture size", `${width}x${height}`, `1 to ${MAX_SIDE} a side`);
  }
  return { width, height };
}

/** Of each sub-layer, or of the highest alone, which stands last either way. */
function readReorder(bits: BitReader, subLayers: number): number {
  const eachLayer = bits.flag();
  let maxReorderFrames = 0;
  for (let layer = eachLayer ? 0 : subLayers; layer <= subLayers; layer++) {
    bits.ue(); // sps_max_dec_pic_buffering_minus1
    maxReorderFrames = bits.ue();
    bits.ue(); // sps_max_latency_increase_plus1
  }
  return maxReorderFrames;
}

/** The frame rate stands near the end, behind everything that the decoder's tools need. */
function readFps(bits: BitReader, orderCountBits: number): number | undefined {
  for (let field = 0; field < 6; field++) bits.ue(); // block sizes and transform depths
  if (bits.flag() && bits.flag()) skipScalingLists(bits);
  bits.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  if (bits.flag()) {
    bits.skip(8); // bit depths of PCM samples
    bits.ue(); // log2_min_pcm_luma_coding_block_size_minus3
    bits.ue(); // log2_diff_max_min_pcm_luma_coding_block_size
    bits.skip(1); // pcm_loop_filter_disabled_flag
  }
  skipShortTermSets(bits);
  if (bits.flag()) {
    const longTerm = bits.ue();
    if (longTerm > 32) throw invalid("num_long_term_ref_pics_sps", longTerm, "0 to 32");
    bits.skip(longTerm * (orderCountBits + 1));
  }
  bits.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
  return bits.flag() ? readVuiFps(bits) : undefined;
}

/** @see ITU-T H.265 7.3.4 */
function skipScalingLists(bits: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!bits.flag()) {
        bits.ue(); // scaling_list_pred_matrix_id_delta
        continue;
      }
      if (size > 1) bits.se(); // scaling_list_dc_coef_minus8
      const length = size === 0 ? 16 : 64;
      for (let index = 0; index < length; index++) bits.se();
    }
  }
}

/** @see ITU-T H.265 E.2.1 */
function readVuiFps(bits: BitReader): number | undefined {
  skipVuiHead(bits);
  bits.skip(3); // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
  if (bits.flag()) for (let side = 0; side < 4; side++) bits.ue(); // default display window
  if (!bits.flag()) return undefined;
  const unitsInTick = bits.u(32);
  const timeScale = bits.u(32);
  return unitsInTick > 0 && timeScale > 0 ? timeScale / unitsInTick : undefined;
}

function invalid(name: string, value: number | string, allowed: string): StreamError {
  return new StreamError("invalid-data", `H.265 sequence parameter set with ${name} ${value}, allowed: ${allowed}`);
}
