import { StreamError } from "../errors.js";
import { unescapeNal } from "./annexb.js";
import { BitReader } from "./bit-reader.js";
import { skipVuiHead } from "./vui.js";

/** What a sequence parameter set of H.264 says of the pictures that follow. */
export interface H264Sps {
  /** `seq_parameter_set_id`, 0 to 31. */
  id: number;
  /** `profile_idc`, such as 66 (Baseline), 77 (Main), 100 (High). */
  profile: number;
  /** The six `constraint_set` flags as they stand in the byte behind the profile. */
  constraints: number;
  /** `level_idc`: ten times the level. */
  level: number;
  /** 0 monochrome, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
  chromaFormat: number;
  bitDepth: number;
  /** In pixels, after cropping. */
  width: number;
  height: number;
  /** Whether every picture is a frame; else there may be fields. */
  framesOnly: boolean;
  /** `max_num_reorder_frames`, where the stream tells. */
  maxReorderFrames?: number;
  /** Whether pictures may be coded in another order than shown; so too where the stream does not tell. */
  reorders: boolean;
  /** Frames per second, where the stream tells. */
  fps?: number;
}

interface Vui {
  fps?: number;
  maxReorderFrames?: number;
}

/** Profiles whose parameter set tells the chroma format. @see ITU-T H.264 7.3.2.1.1 */
const WITH_CHROMA_FORMAT = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** Profiles that `constraint_set3_flag` limits to intra pictures. @see ITU-T H.264 E.2.1, max_num_reorder_frames */
const INTRA_BY_CONSTRAINT = new Set([44, 86, 100, 110, 122, 244]);
const BASELINE = 66;
const INTRA_CAVLC_444 = 44;
const CONSTRAINT_SET3 = 0x10;
/** More than any level allows (139264 macroblocks), and what fits the 16 bits of other headers. */
const MAX_SIDE = 65_535;

/**
 * Reads a sequence parameter set.
 *
 * @param nal NAL unit with its header, without start code
 * @throws StreamError `invalid-data` when it is cut short or says what cannot be
 * @see ITU-T H.264 7.3.2.1.1 and E.1.1
 */
export function parseSps(nal: Buffer): H264Sps {
  const bits = new BitReader(unescapeNal(nal), 1);
  const [profile, constraints, level, id] = [bits.u(8), bits.u(8), bits.u(8), bits.ue()];
  const format = readFormat(bits, profile);
  bits.ue(); // log2_max_frame_num_minus4
  const pictureOrderType = readPictureOrder(bits);
  bits.ue(); // max_num_ref_frames
  bits.skip(1); // gaps_in_frame_num_value_allowed_flag
  const size = readSize(bits, format.separatePlanes ? 0 : format.chromaFormat);
  const vui = bits.flag() ? readVui(bits) : {};
  const intraOnly = INTRA_BY_CONSTRAINT.has(profile) && (constraints & CONSTRAINT_SET3) !== 0;
  const inOrder = profile === BASELINE || profile === INTRA_CAVLC_444 || pictureOrderType === 2 || intraOnly;
  return {
    id,
    profile,
    constraints,
    level,
    chromaFormat: format.chromaFormat,
    bitDepth: format.bitDepth,
    ...size,
    ...vui,
    reorders: !inOrder && vui.maxReorderFrames !== 0,
  };
}

/** Chroma format and bit depth, which stand behind `seq_parameter_set_id`. @see ITU-T H.264 7.3.2.1.1 */
export function readFormat(bits: BitReader, profile: number) {
  if (!WITH_CHROMA_FORMAT.has(profile)) return { chromaFormat: 1, bitDepth: 8, separatePlanes: false };
  const chromaFormat = bits.ue();
  if (chromaFormat > 3) throw invalid("chroma_format_idc", chromaFormat, "0 to 3");
  const separatePlanes = chromaFormat === 3 && bits.flag();
  const bitDepth = bits.ue() + 8;
  if (bitDepth > 14) throw invalid("bit depth", bitDepth, "8 to 14");
  bits.ue(); // bit_depth_chroma_minus8
  bits.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (bits.flag()) skipScalingLists(bits, chromaFormat === 3 ? 12 : 8);
  return { chromaFormat, bitDepth, separatePlanes };
}

/** @see ITU-T H.264 7.3.2.1.1.1 */
function skipScalingLists(bits: BitReader, count: number): void {
  for (let list = 0; list < count; list++) {
    if (!bits.flag()) continue;
    const length = list < 6 ? 16 : 64;
    let last = 8;
    for (let index = 0; index < length; index++) {
      last = (last + bits.se() + 256) & 0xff;
      // A scale of 0 ends the list: what follows repeats.
      if (last === 0) break;
    }
  }
}

function readPictureOrder(bits: BitReader): number {
  const type = bits.ue();
  if (type > 2) throw invalid("pic_order_cnt_type", type, "0 to 2");
  if (type === 0) bits.ue(); // log2_max_pic_order_cnt_lsb_minus4
  if (type === 1) {
    bits.skip(1); // delta_pic_order_always_zero_flag
    bits.se(); // offset_for_non_ref_pic
    bits.se(); // offset_for_top_to_bottom_field
    const cycle = bits.ue();
    if (cycle > 255) throw invalid("num_ref_frames_in_pic_order_cnt_cycle", cycle, "0 to 255");
    for (let index = 0; index < cycle; index++) bits.se();
  }
  return type;
}

function readSize(bits: BitReader, chromaArrayType: number) {
  const widthInBlocks = bits.ue() + 1;
  const heightInUnits = bits.ue() + 1;
  const framesOnly = bits.flag();
  if (!framesOnly) bits.skip(1); // mb_adaptive_frame_field_flag
  bits.skip(1); // direct_8x8_inference_flag
  const [left, right, top, bottom] = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0];
  const cropX = chromaArrayType === 1 || chromaArrayType === 2 ? 2 : 1;
  const fieldRows = framesOnly ? 1 : 2;
  const cropY = (chromaArrayType === 1 ? 2 : 1) * fieldRows;
  const width = widthInBlocks * 16 - cropX * (left + right);
  const height = heightInUnits * 16 * fieldRows - cropY * (top + bottom);
  for (const side of [width, height]) {
    if (side < 1 || side > MAX_SIDE) throw invalid("picture size", `${width}x${height}`, `1 to ${MAX_SIDE} a side`);
  }
  return { width, height, framesOnly };
}

/** @see ITU-T H.264 E.1.1 */
function readVui(bits: BitReader): Vui {
  const vui: Vui = {};
  skipVuiHead(bits);
  if (bits.flag()) {
    const unitsInTick = bits.u(32);
    const timeScale = bits.u(32);
    bits.skip(1); // fixed_frame_rate_flag
    // A tick is the time of a field.
    if (unitsInTick > 0 && timeScale > 0) vui.fps = timeScale / (2 * unitsInTick);
  }
  const hasNalHrd = bits.flag();
  if (hasNalHrd) skipHrd(bits);
  const hasVclHrd = bits.flag();
  if (hasVclHrd) skipHrd(bits);
  if (hasNalHrd || hasVclHrd) bits.skip(1); // low_delay_hrd_flag
  bits.skip(1); // pic_struct_present_flag
  if (bits.flag()) {
    bits.skip(1); // motion_vectors_over_pic_boundaries_flag
    for (let field = 0; field < 4; field++) bits.ue(); // sizes and vector lengths
    vui.maxReorderFrames = bits.ue();
  }
  return vui;
}

/** @see ITU-T H.264 E.1.2 */
function skipHrd(bits: BitReader): void {
  const count = bits.ue() + 1;
  if (count > 32) throw invalid("cpb_cnt_minus1", count - 1, "0 to 31");
  bits.skip(8); // bit_rate_scale, cpb_size_scale
  for (let index = 0; index < count; index++) {
    bits.ue(); // bit_rate_value_minus1
    bits.ue(); // cpb_size_value_minus1
    bits.skip(1); // cbr_flag
  }
  bits.skip(20); // lengths of delays and of the time offset
}

function invalid(name: string, value: number | string, allowed: string): StreamError {
  return new StreamError("invalid-data", `H.264 sequence parameter set with ${name} ${value}, allowed: ${allowed}`);
}
