import type { QuantisationTables } from "./jpeg-head.js";

/** Tables K.1 (luma) and K.2 (chroma), row by row. */
const LUMA = [
  ...[16, 11, 10, 16, 24, 40, 51, 61],
  ...[12, 12, 14, 19, 26, 58, 60, 55],
  ...[14, 13, 16, 24, 40, 57, 69, 56],
  ...[14, 17, 22, 29, 51, 87, 80, 62],
  ...[18, 22, 37, 56, 68, 109, 103, 77],
  ...[24, 35, 55, 64, 81, 104, 113, 92],
  ...[49, 64, 78, 87, 103, 121, 120, 101],
  ...[72, 92, 95, 98, 112, 100, 103, 99],
];
const CHROMA = [
  ...[17, 18, 24, 47, 99, 99, 99, 99],
  ...[18, 21, 26, 66, 99, 99, 99, 99],
  ...[24, 26, 56, 99, 99, 99, 99, 99],
  ...[47, 66, 99, 99, 99, 99, 99, 99],
  ...Array<number>(32).fill(99),
];

/** Where each number of a table in zigzag order stands in its rows. @see ITU-T T.81 figure A.6 */
const ZIGZAG = [
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5],
  ...[12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28],
  ...[35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51],
  ...[58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
];

/**
 * The quantisation tables that a quality stands for.
 *
 * @param quality 1..99, the Q of RTP/JPEG
 * @see RFC 2435 section 4.2 and appendix A, whose tables are to be read in zigzag order; ITU-T T.81 K.1
 */
export function tablesOfQuality(quality: number): QuantisationTables {
  const percent = quality < 50 ? Math.floor(5_000 / quality) : 200 - quality * 2;
  return [scale(LUMA, percent), scale(CHROMA, percent)];
}

function scale(table: readonly number[], percent: number): Buffer {
  const scaled = ZIGZAG.map((at) => Math.floor(((table[at] as number) * percent + 50) / 100));
  return Buffer.from(scaled.map((value) => Math.min(Math.max(value, 1), 255)));
}
