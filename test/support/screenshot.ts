/** A rectangle on a screen, in pixels from its top left corner. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What a screen shows. */
export interface Screenshot {
  width: number;
  height: number;
  /** rgb24, rows top to bottom without padding. */
  pixels: Buffer;
}

const HEADER = {
  size: 0,
  format: 2,
  width: 4,
  height: 5,
  byteOrder: 7,
  bitsPerPixel: 11,
  bytesPerLine: 12,
  colors: 19,
};
const Z_PIXMAP = 2;
const COLOR_BYTES = 12;

/**
 * Reads an X window dump of a 24-bit screen, such as the framebuffer file that Xvfb keeps.
 * @see X11/XWDFile.h
 */
export function readWindowDump(dump: Buffer): Screenshot {
  const field = (index: number): number => dump.readUInt32BE(index * 4);
  const layout = [field(HEADER.format), field(HEADER.byteOrder), field(HEADER.bitsPerPixel)];
  if (layout.join() !== [Z_PIXMAP, 0, 32].join())
    throw new Error(`unknown layout of a window dump: ${layout.join(", ")}`);
  const [width, height] = [field(HEADER.width), field(HEADER.height)];
  const first = field(HEADER.size) + field(HEADER.colors) * COLOR_BYTES;
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = first + y * field(HEADER.bytesPerLine); x < width; x++, from += 4, to += 3) {
      // Stored as blue, green, red, unused.
      pixels.writeUIntBE(dump.readUIntLE(from, 3), to, 3);
    }
  }
  return { width, height, pixels };
}

/** A part of a screenshot, cut off where it reaches over the edge. */
export function cropScreenshot(shot: Screenshot, { x, y, width, height }: Rectangle): Screenshot {
  const [right, bottom] = [Math.min(x + width, shot.width), Math.min(y + height, shot.height)];
  const rows = Array.from({ length: bottom - y }, (_, row) => {
    const start = ((y + row) * shot.width + x) * 3;
    return shot.pixels.subarray(start, start + (right - x) * 3);
  });
  return { width: right - x, height: bottom - y, pixels: Buffer.concat(rows) };
}

/** Red, green and blue of one pixel, 0 to 255 each. */
export function colorAt({ pixels, width }: Screenshot, x: number, y: number): [number, number, number] {
  const start = (y * width + x) * 3;
  return [...pixels.subarray(start, start + 3)] as [number, number, number];
}
