import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JpegEnd } from "../../../lib/codecs/jpeg-end.js";
import { smallJpeg } from "../../support/small-jpeg.js";

describe("the end of a JPEG", () => {
  it.each([
    ["a plain picture", smallJpeg(1)],
    ["one with a thumbnail", smallJpeg(2, { thumbnail: true })],
    ["one of several scans", smallJpeg(3, { scans: 3, thumbnail: true })],
  ])("is found at once, byte by byte, for %s", (_name, jpeg) => {
    const followed = Buffer.concat([jpeg, Buffer.from("\r\n--boundary\r\n"), smallJpeg(9)]);
    const end = new JpegEnd();
    const found = Array.from({ length: jpeg.length + 3 }, (_, length) => end.find(followed.subarray(0, length)));
    expect(found.findIndex((at) => at !== undefined)).toBe(jpeg.length);
    expect(found.slice(jpeg.length)).toEqual([jpeg.length, jpeg.length, jpeg.length]);
  });

  it("is nowhere in a picture that is cut", () => {
    const cut = smallJpeg(1, { thumbnail: true }).subarray(0, -1);
    expect(new JpegEnd().find(cut)).toBeUndefined();
  });

  it("is not looked for for ever in anything", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (pieces) => {
        const end = new JpegEnd();
        let data = Buffer.of(0xff, 0xd8);
        for (const piece of pieces) {
          data = Buffer.concat([data, piece]);
          expect(end.find(data) ?? 0).toBeLessThanOrEqual(data.length);
        }
      }),
    );
  });
});
