/**
 * Where a picture's number stands in its pixels. The picture is a grid of 40 columns and 30 rows; its top row is the
 * counter, one cell a bit, white for 1 and black for 0:
 *
 * | cells | what |
 * |---|---|
 * | 0, 1 | white, black: how bright 1 and 0 are |
 * | 2 to 33 | the number, 32 bits, most significant first |
 * | 34 to 37 | check: exclusive or of the number's eight groups of 4 bits, most significant first |
 * | 38, 39 | black, white: the row was not cropped |
 *
 * Everything is a share of the picture, so scaling keeps it readable: cell i covers x from i * width / 40 and y from 0
 * to height / 30.
 */
export const FRAME_COUNTER = { columns: 40, rows: 30, firstBit: 2, bits: 32, firstCheck: 34, checkBits: 4 } as const;

const { columns, rows, firstBit, bits, firstCheck, checkBits } = FRAME_COUNTER;
const LEAST_CONTRAST = 64;

/**
 * The number in a picture's top row, or undefined where the row is not there or was damaged.
 * @param pixels Rows top to bottom without padding; rgb24 and bgr24 have 3 channels, rgba 4, gray and a luma plane 1.
 * @see FRAME_COUNTER for the geometry
 */
export function readFrameCounter(pixels: Buffer, width: number, height: number, channels = 3): number | undefined {
  if (width < columns || height < rows || pixels.length < width * height * channels) return undefined;
  const row = Math.floor(height / rows / 2) * width;
  const levels = Array.from({ length: columns }, (_, cell) => {
    // The middle of a cell holds none of its neighbours, however the picture was scaled.
    const middle = Math.floor(((cell + 0.5) * width) / columns);
    const first = Math.min(middle, Math.ceil(((cell + 0.25) * width) / columns - 0.5));
    const last = Math.max(middle, Math.floor(((cell + 0.75) * width) / columns - 0.5));
    let sum = 0;
    for (let x = first; x <= last; x++) sum += pixels[(row + x) * channels] as number;
    return sum / (last - first + 1);
  }) as [number, number, ...number[]];
  const [white, black] = levels;
  if (white - black < LEAST_CONTRAST) return undefined;
  const read = levels.map((level) => (level > (white + black) / 2 ? 1 : 0));
  if (read[38] !== 0 || read[39] !== 1) return undefined;
  const value = toNumber(read.slice(firstBit, firstBit + bits));
  return frameCounterCheck(value) === toNumber(read.slice(firstCheck, firstCheck + checkBits)) ? value : undefined;
}

/** The check that goes with a number: exclusive or of its eight groups of 4 bits. */
export function frameCounterCheck(value: number): number {
  let check = 0;
  for (let shift = 0; shift < bits; shift += checkBits) check ^= (value >>> shift) & 0xf;
  return check;
}

function toNumber(digits: number[]): number {
  return digits.reduce((value, digit) => value * 2 + digit, 0);
}
