import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FRAME_COUNTER, frameCounterCheck, readFrameCounter } from "../../../server/cameras/frame-counter.js";

const { columns, rows, firstBit, bits, firstCheck, checkBits } = FRAME_COUNTER;

interface Drawing {
  width: number;
  height: number;
  channels: number;
  white?: number;
  black?: number;
}

/** The counter as the documentation tells it, drawn by hand. */
function draw(value: number, { width, height, channels, white = 255, black = 0 }: Drawing): Buffer {
  const digits = [1, 0];
  for (let bit = bits - 1; bit >= 0; bit--) digits.push((value >>> bit) & 1);
  for (let bit = checkBits - 1; bit >= 0; bit--) digits.push((frameCounterCheck(value) >>> bit) & 1);
  digits.push(0, 1);
  const pixels = Buffer.alloc(width * height * channels, 128);
  for (let y = 0; y < Math.round(height / rows); y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.min(columns - 1, Math.floor((x * columns) / width));
      const level = digits[cell] === 1 ? white : black;
      pixels.fill(level, (y * width + x) * channels, (y * width + x + 1) * channels);
    }
  }
  return pixels;
}

describe("readFrameCounter", () => {
  it.each([1, 3, 4])("reads every number back from pixels of %i channels", (channels) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
        const drawing = { width: 160, height: 120, channels };
        expect(readFrameCounter(draw(value, drawing), drawing.width, drawing.height, channels)).toBe(value);
      }),
      { numRuns: 200 },
    );
  });

  it("reads it at any size of at least 80 x 60", () => {
    fc.assert(
      fc.property(fc.integer({ min: 80, max: 700 }), fc.integer({ min: 60, max: 500 }), (width, height) => {
        expect(readFrameCounter(draw(0xdeadbeef, { width, height, channels: 1 }), width, height, 1)).toBe(0xdeadbeef);
      }),
      { numRuns: 50 },
    );
  });

  it("reads the levels of limited-range video and of a faint picture", () => {
    for (const [black, white] of [
      [16, 235],
      [90, 170],
    ] as const) {
      const pixels = draw(123_456_789, { width: 320, height: 240, channels: 3, black, white });
      expect(readFrameCounter(pixels, 320, 240)).toBe(123_456_789);
    }
  });

  it("is undefined when any single bit is wrong", () => {
    for (let bit = 0; bit < bits + checkBits; bit++) {
      const pixels = draw(77, { width: 320, height: 240, channels: 1 });
      const from = ((bit < bits ? firstBit : firstCheck - bits) + bit) * 8;
      for (let y = 0; y < 8; y++)
        for (let x = from; x < from + 8; x++) pixels[y * 320 + x] = 255 - (pixels[y * 320 + x] ?? 0);
      expect(readFrameCounter(pixels, 320, 240, 1)).toBeUndefined();
    }
  });

  it.each([
    ["all black", Buffer.alloc(320 * 240 * 3, 0)],
    ["all white", Buffer.alloc(320 * 240 * 3, 255)],
    ["grey", Buffer.alloc(320 * 240 * 3, 128)],
    ["too short", Buffer.alloc(10)],
  ])("is undefined for a picture that is %s", (_name, pixels) => {
    expect(readFrameCounter(pixels, 320, 240)).toBeUndefined();
  });

  it("is undefined for a picture that lost its right half", () => {
    const whole = draw(5, { width: 640, height: 240, channels: 1 });
    const half = Buffer.concat(Array.from({ length: 240 }, (_, y) => whole.subarray(y * 640, y * 640 + 320)));
    expect(readFrameCounter(half, 320, 240, 1)).toBeUndefined();
  });

  it("never throws on random pixels", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 40 * 30, maxLength: 40 * 30 * 3 }), (bytes) => {
        expect(() => readFrameCounter(Buffer.from(bytes), 40, 30)).not.toThrow();
      }),
    );
  });
});
