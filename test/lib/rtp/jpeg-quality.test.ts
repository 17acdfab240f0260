import { describe, expect, it } from "vitest";
import { tablesOfQuality } from "../../../lib/rtp/jpeg-quality.js";

/** The first and the last of the numbers. */
const ends = (table: Buffer) => [...table.subarray(0, 8), ...table.subarray(-4)];

describe("tablesOfQuality", () => {
  it("gives the tables of Annex K for 50, in zigzag order", () => {
    const [luma, chroma] = tablesOfQuality(50);
    expect([...luma.subarray(0, 16)]).toEqual([16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40]);
    expect([...luma.subarray(-12)]).toEqual([103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99]);
    expect([...chroma.subarray(0, 16)]).toEqual([17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99]);
    expect(new Set(chroma.subarray(16))).toEqual(new Set([99]));
  });

  // As libjpeg has them.
  it.each([
    [1, [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]],
    [10, [80, 55, 60, 70, 60, 50, 80, 70, 255, 255, 255, 255]],
    [25, [32, 22, 24, 28, 24, 20, 32, 28, 184, 202, 206, 198]],
    [49, [16, 11, 12, 14, 12, 10, 16, 14, 94, 103, 105, 101]],
    [75, [8, 6, 6, 7, 6, 5, 8, 7, 46, 51, 52, 50]],
    [90, [3, 2, 2, 3, 2, 2, 3, 3, 18, 20, 21, 20]],
    [99, [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2]],
  ])("scales them for %i", (quality, luma) => {
    expect(ends(tablesOfQuality(quality)[0])).toEqual(luma);
  });
});
