import { STANDARD_HUFFMAN_TABLES } from "../codecs/jpeg-huffman.js";
import { JPEG_MARKER, JPEG_PREFIX } from "../codecs/jpeg-segments.js";

/** Quantisation tables of luma and chroma, in zigzag order: 64 bytes, or 64 numbers of 16 bits in network order. */
export type QuantisationTables = readonly [luma: Buffer, chroma: Buffer];

/** What RTP carries of a JPEG beside its coded data; the rest of its headers is always the same. */
export interface JpegHead {
  /** The type of RTP/JPEG without its bit for restart markers: 0 is 4:2:2, 1 is 4:2:0. */
  type: JpegType;
  /** Pixels, 1..65535. */
  width: number;
  /** Pixels, 1..65535. */
  height: number;
  /** MCUs from one restart marker to the next; 0 where there are none. */
  restartInterval: number;
  tables: QuantisationTables;
}

/** A key of {@link LUMA_SAMPLING}. */
export type JpegType = 0 | 1;

/** Sampling factors of luma, two times half a byte; those of chroma are 1x1. @see RFC 2435 section 4.1 */
export const LUMA_SAMPLING: Readonly<Record<JpegType, number>> = { 0: 0x21, 1: 0x22 };

/** Bytes of a quantisation table of 8 bits; any other has 16. */
export const SMALL_TABLE_BYTES = 64;

/** Version 1.2, no unit, square pixels, no thumbnail. Readers take three components for YCbCr of full range by it. */
const JFIF = Buffer.from("JFIF\0\x01\x02\x00\x00\x01\x00\x01\x00\x00", "latin1");
/** Components 1, 2, 3 with DC and AC tables 0, 1, 1; all coefficients in one scan. */
const SCAN_HEADER = Buffer.of(3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0);
const HUFFMAN_TABLES = Buffer.concat(
  STANDARD_HUFFMAN_TABLES.flatMap(({ selector, codes }) => [Buffer.of(selector), codes]),
);

/**
 * The bytes of a baseline JPEG in front of its coded data: from SOI to the end of SOS, with the standard Huffman tables.
 *
 * @see RFC 2435 appendix B, ITU-T T.81 B.2
 */
export function writeJpegHead(head: JpegHead): Buffer {
  const { restartInterval, tables } = head;
  const { APP0, DHT, DQT, DRI, SOF0, SOI, SOS } = JPEG_MARKER;
  return Buffer.concat([
    Buffer.of(JPEG_PREFIX, SOI),
    segment(APP0, JFIF),
    ...tables.map((table, id) => segment(DQT, Buffer.of((table.length > SMALL_TABLE_BYTES ? 0x10 : 0) | id), table)),
    segment(SOF0, frameHeader(head)),
    segment(DHT, HUFFMAN_TABLES),
    ...(restartInterval > 0 ? [segment(DRI, uint16(restartInterval))] : []),
    segment(SOS, SCAN_HEADER),
  ]);
}

function frameHeader({ type, width, height }: JpegHead): Buffer {
  const components = Buffer.of(3, 1, LUMA_SAMPLING[type], 0, 2, 0x11, 1, 3, 0x11, 1);
  return Buffer.concat([Buffer.of(8), uint16(height), uint16(width), components]);
}

function segment(code: number, ...parts: Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 2);
  return Buffer.concat([Buffer.of(JPEG_PREFIX, code), uint16(length), ...parts]);
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
