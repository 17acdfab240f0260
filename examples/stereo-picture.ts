import type { Frame } from "../lib/index.js";

const BYTES_PER_PIXEL = 3;
const RED = 2;

/** Pixels in bgr24, rows from top to bottom without padding. */
export type Picture = Pick<Frame, "data" | "width" | "height">;

/** Both pictures in one of twice the width. They have one size. */
export function sideBySide(left: Picture, right: Picture): Picture {
  checkSizes(left, right);
  const rowBytes = left.width * BYTES_PER_PIXEL;
  const data = Buffer.allocUnsafe(left.data.length * 2);
  for (let row = 0; row < left.height; row++) {
    const from = row * rowBytes;
    left.data.copy(data, from * 2, from, from + rowBytes);
    right.data.copy(data, from * 2 + rowBytes, from, from + rowBytes);
  }
  return { data, width: left.width * 2, height: left.height };
}

/** Both pictures in one for red-cyan glasses: red from the left one, green and blue from the right. They have one size. */
export function anaglyph(left: Picture, right: Picture): Picture {
  checkSizes(left, right);
  const data = Buffer.from(right.data);
  for (let byte = RED; byte < data.length; byte += BYTES_PER_PIXEL) data[byte] = left.data[byte] as number;
  return { data, width: left.width, height: left.height };
}

function checkSizes(left: Picture, right: Picture): void {
  if (left.width === right.width && left.height === right.height) return;
  const sizes = `the left one ${left.width}x${left.height}, the right one ${right.width}x${right.height}`;
  throw new Error(`the pictures have different sizes, ${sizes}: let both cameras send one size`);
}
