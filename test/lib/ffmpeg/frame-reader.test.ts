import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FramePool } from "../../../lib/ffmpeg/frame-pool.js";
import { FrameReader } from "../../../lib/ffmpeg/frame-reader.js";

describe("FrameReader", () => {
  it("cuts any chunking into the same frames, also of bytes that came before the size was known", () => {
    const pixels = Buffer.from(Array.from({ length: 60 }, (_, i) => i));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 30 }), fc.nat({ max: 20 }), (cuts, early) => {
        const frames: Buffer[] = [];
        const reader = new FrameReader((data) => frames.push(data));
        reader.push(pixels.subarray(0, early));
        reader.start(new FramePool(12));
        let offset = early;
        for (const cut of cuts) {
          reader.push(pixels.subarray(offset, offset + cut));
          offset = Math.min(pixels.length, offset + cut);
        }
        expect(Buffer.concat(frames)).toEqual(pixels.subarray(0, Math.floor(offset / 12) * 12));
      }),
    );
  });

  it("lets its owner write straight into a frame", () => {
    const frames: Buffer[] = [];
    const reader = new FrameReader((data) => frames.push(data));
    reader.start(new FramePool(4));
    const target = reader.target();
    target.set([1, 2, 3]);
    reader.wrote(target, 3);
    const rest = reader.target();
    rest.set([4]);
    reader.wrote(rest, 1);
    expect(frames).toEqual([Buffer.from([1, 2, 3, 4])]);
    expect(frames[0]?.buffer).toBe(target.buffer);
  });

  it("takes bytes that were still written to the place before the size was known", () => {
    const frames: Buffer[] = [];
    const reader = new FrameReader((data) => frames.push(data));
    const early = reader.target();
    early.set([1, 2]);
    reader.wrote(early, 2);
    const later = reader.target();
    reader.start(new FramePool(4));
    later.set([3, 4]);
    reader.wrote(later, 2);
    expect(frames).toEqual([Buffer.from([1, 2, 3, 4])]);
  });

  it("uses memory again that was given back", () => {
    const pool = new FramePool(8);
    const buffer = pool.take();
    pool.give(buffer);
    expect(pool.take()).toBe(buffer);
    expect(pool.take()).not.toBe(buffer);
  });
});
