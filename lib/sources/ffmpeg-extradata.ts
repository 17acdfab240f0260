import { splitNalUnits } from "../codecs/annexb.js";
import type { NalCodecName } from "../codecs/nal-codec.js";
import { StreamError } from "../errors.js";

/** What a container says of H.264 or H.265 outside the pictures. */
export interface NalConfiguration {
  /** Bytes of the length before each NAL unit; undefined where pictures are in Annex B. */
  lengthBytes: number | undefined;
  /** Parameter sets, without start codes. */
  parameterSets: Buffer[];
}

const HVCC_FIXED_BYTES = 22;
const AVCC_FIXED_BYTES = 5;

/**
 * Reads the codec's configuration: an `avcC` or `hvcC` record (MP4, FLV, Matroska), or Annex B (everything else).
 *
 * @throws StreamError `invalid-data` for a record that is cut off
 * @see ISO/IEC 14496-15 5.3.3.1 and 8.3.3.1
 */
export function parseExtradata(codec: NalCodecName, extradata: Buffer): NalConfiguration {
  const isAnnexB = extradata.length < AVCC_FIXED_BYTES || extradata.readUInt16BE() === 0;
  if (isAnnexB) return { lengthBytes: undefined, parameterSets: splitNalUnits(extradata) };
  const fixedBytes = codec === "h264" ? AVCC_FIXED_BYTES : HVCC_FIXED_BYTES;
  const take = taker(extradata);
  const lengthBytes = ((take(fixedBytes).at(-1) ?? 0) & 3) + 1;
  const parameterSets: Buffer[] = [];
  const takeSets = (count: number): void => {
    for (let index = 0; index < count; index++) parameterSets.push(take(take(2).readUInt16BE()));
  };
  if (codec === "h264") {
    takeSets(take(1).readUInt8() & 0x1f);
    takeSets(take(1).readUInt8());
  } else {
    const arrays = take(1).readUInt8();
    for (let index = 0; index < arrays; index++) takeSets(take(3).readUInt16BE(1));
  }
  return { lengthBytes, parameterSets: parameterSets.filter((set) => set.length > 0) };
}

/** The NAL units of a picture, as views; undefined where a length points outside. */
export function splitByLength(data: Buffer, lengthBytes: number): Buffer[] | undefined {
  const nals: Buffer[] = [];
  let offset = 0;
  while (offset < data.length) {
    if (offset + lengthBytes > data.length) return undefined;
    const start = offset + lengthBytes;
    offset = start + data.readUIntBE(offset, lengthBytes);
    if (offset > data.length) return undefined;
    if (offset > start) nals.push(data.subarray(start, offset));
  }
  return nals;
}

function taker(record: Buffer): (count: number) => Buffer {
  let offset = 0;
  return (count) => {
    const end = offset + count;
    if (end > record.length) {
      throw new StreamError("invalid-data", `Codec configuration ends at byte ${record.length}, ${end} wanted`);
    }
    const bytes = record.subarray(offset, end);
    offset = end;
    return bytes;
  };
}
