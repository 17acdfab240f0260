import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RawPacker } from "../../../server/outputs/raw-packer.js";
import { H264_DELIMITER, makeUnits, wireOf } from "../support/make-units.js";

describe("RawPacker", () => {
  it("splits units of any size into datagrams that fit, of which the last ends in a whole delimiter", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 40, max: 400_000 }), { minLength: 1, maxLength: 4 }), (sizes) => {
        const packer = new RawPacker();
        const units = sizes.flatMap((bytes, index) => makeUnits({ count: 1, bytes, from: index }));
        const packed = units.map((unit) => packer.pack(unit));
        for (const [index, datagrams] of packed.entries()) {
          const total = (sizes[index] as number) + (index === 0 ? 2 : 1) * H264_DELIMITER.length;
          if (datagrams.length !== Math.ceil(total / 1_452)) return false;
          if (datagrams.some(({ length }) => length > 1_452)) return false;
          if (!datagrams.at(-1)?.subarray(-H264_DELIMITER.length).equals(H264_DELIMITER)) return false;
        }
        return Buffer.concat(packed.flat()).equals(wireOf(units));
      }),
      { numRuns: 50 },
    );
  });

  it("adds nothing to MJPEG", () => {
    const [unit] = makeUnits({ count: 1, codec: "mjpeg", bytes: 2_000 });
    expect(Buffer.concat(new RawPacker().pack(unit as never))).toEqual(unit?.data);
  });
});
