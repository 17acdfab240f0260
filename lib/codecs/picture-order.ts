import { StreamError } from "../errors.js";
import type { AccessUnit } from "./access-unit.js";
import { splitNalUnits, unescapeNal } from "./annexb.js";
import { BitReader } from "./bit-reader.js";
import * as h264 from "./h264.js";
import { readFormat } from "./h264-sps.js";
import * as h265 from "./h265.js";
import { readProfile, readSize } from "./h265-sps.js";

/** Where a picture stands in the order of display. */
export interface PicturePlace {
  /** Grows in the order of display; only pictures between two restarts can be compared. */
  order: number;
  /** This picture and those after it are shown after everything before. */
  restart: boolean;
}

/** How the order count is written in a slice header; undefined where the stream has none of that kind. */
type ReadSlice = (nal: Buffer) => { lsb: number; restart: boolean } | undefined;

const H265_IDR_FIRST = 19;
const H265_IDR_LAST = 20;

/**
 * Follows the picture order counts of an H.264 or H.265 stream, which tell when a picture is shown among its
 * neighbours.
 *
 * @see ITU-T H.264 8.2.1, H.265 8.3.1
 */
export class PictureOrder {
  #orderBits = 0;
  #last = 0;
  #readSlice: ReadSlice = () => undefined;
  /** H.265: bits between a slice header's beginning and its count depend on the picture parameter set. */
  #h265Pps = { outputFlag: false, extraBits: 0 };

  /** The next unit's place; undefined where the stream does not tell. Never throws. */
  next(unit: AccessUnit): PicturePlace | undefined {
    try {
      return unit.codec === "h265" ? this.#next265(unit) : this.#next264(unit);
    } catch (error) {
      if (error instanceof StreamError && error.code === "invalid-data") return undefined;
      throw error;
    }
  }

  #next264(unit: AccessUnit): PicturePlace | undefined {
    for (const nal of splitNalUnits(unit.data)) {
      const type = h264.nalType(nal);
      if (type === h264.NAL.SPS) this.#readSps264(nal);
      if (type === h264.NAL.SLICE || type === h264.NAL.IDR) return this.#place(this.#readSlice(nal));
    }
    return undefined;
  }

  #next265(unit: AccessUnit): PicturePlace | undefined {
    for (const nal of splitNalUnits(unit.data)) {
      const type = h265.nalType(nal);
      if (h265.layerId(nal) > 0) continue;
      if (type === h265.NAL.SPS) this.#readSps265(nal);
      if (type === h265.NAL.PPS) this.#readPps265(nal);
      if (type <= h265.NAL.LAST_VCL) return this.#place(this.#readSlice(nal));
    }
    return undefined;
  }

  // Only the lower bits are sent: neighbours in coding order are never half of their range apart.
  #place(slice: ReturnType<ReadSlice>): PicturePlace | undefined {
    if (!slice) return undefined;
    const range = 2 ** this.#orderBits;
    const from = slice.restart ? 0 : this.#last;
    const step = (((slice.lsb - from) % range) + range) % range;
    this.#last = from + (step < range / 2 ? step : step - range);
    return { order: this.#last, restart: slice.restart };
  }

  #readSps264(nal: Buffer): void {
    const bits = new BitReader(unescapeNal(nal), h264.NAL_HEADER_BYTES);
    const profile = bits.u(8);
    bits.skip(16); // constraint flags, level_idc
    bits.ue(); // seq_parameter_set_id
    const { separatePlanes } = readFormat(bits, profile);
    const frameNumBits = bits.ue() + 4;
    const type = bits.ue();
    this.#readSlice = () => undefined;
    if (type !== 0) return;
    this.#orderBits = bits.ue() + 4;
    bits.ue(); // max_num_ref_frames
    bits.skip(1); // gaps_in_frame_num_value_allowed_flag
    bits.ue(); // pic_width_in_mbs_minus1
    bits.ue(); // pic_height_in_map_units_minus1
    const framesOnly = bits.flag();
    this.#readSlice = (slice) => this.#readSlice264(slice, { separatePlanes, frameNumBits, framesOnly });
  }

  /** @see ITU-T H.264 7.3.3 */
  #readSlice264(nal: Buffer, sps: { separatePlanes: boolean; frameNumBits: number; framesOnly: boolean }) {
    const bits = new BitReader(unescapeNal(nal.subarray(0, 64)), h264.NAL_HEADER_BYTES);
    for (let field = 0; field < 3; field++) bits.ue(); // first_mb_in_slice, slice_type, pic_parameter_set_id
    bits.skip((sps.separatePlanes ? 2 : 0) + sps.frameNumBits);
    if (!sps.framesOnly && bits.flag()) bits.skip(1); // bottom_field_flag
    const restart = h264.nalType(nal) === h264.NAL.IDR;
    if (restart) bits.ue(); // idr_pic_id
    return { lsb: bits.u(this.#orderBits), restart };
  }

  #readSps265(nal: Buffer): void {
    const bits = new BitReader(unescapeNal(nal), h265.NAL_HEADER_BYTES);
    bits.skip(4); // sps_video_parameter_set_id
    const subLayers = bits.u(3);
    bits.skip(1); // sps_temporal_id_nesting_flag
    readProfile(bits, subLayers);
    bits.ue(); // sps_seq_parameter_set_id
    const chromaFormat = bits.ue();
    const separatePlanes = chromaFormat === 3 && bits.flag();
    readSize(bits, chromaFormat);
    bits.ue(); // bit_depth_luma_minus8
    bits.ue(); // bit_depth_chroma_minus8
    this.#orderBits = bits.ue() + 4;
    this.#readSlice = (slice) => this.#readSlice265(slice, separatePlanes);
  }

  /** @see ITU-T H.265 7.3.2.3.1 */
  #readPps265(nal: Buffer): void {
    const bits = new BitReader(unescapeNal(nal), h265.NAL_HEADER_BYTES);
    bits.ue(); // pps_pic_parameter_set_id
    bits.ue(); // pps_seq_parameter_set_id
    bits.skip(1); // dependent_slice_segments_enabled_flag
    this.#h265Pps = { outputFlag: bits.flag(), extraBits: bits.u(3) };
  }

  /** @see ITU-T H.265 7.3.6.1 */
  #readSlice265(nal: Buffer, separatePlanes: boolean) {
    const type = h265.nalType(nal);
    const restart = type >= h265.NAL.BLA_W_LP && type <= H265_IDR_LAST;
    if (type >= H265_IDR_FIRST && restart) return { lsb: 0, restart };
    const bits = new BitReader(unescapeNal(nal.subarray(0, 64)), h265.NAL_HEADER_BYTES);
    // first_slice_segment_in_pic_flag; no_output_of_prior_pics_flag of a picture that decoding can start at
    bits.skip(type >= h265.NAL.BLA_W_LP && type <= h265.NAL.LAST_IRAP ? 2 : 1);
    bits.ue(); // slice_pic_parameter_set_id
    bits.skip(this.#h265Pps.extraBits);
    bits.ue(); // slice_type
    bits.skip((this.#h265Pps.outputFlag ? 1 : 0) + (separatePlanes ? 2 : 0));
    return { lsb: bits.u(this.#orderBits), restart };
  }
}
