import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CounterUnroller } from "../../../lib/rtp/counter-unroller.js";

describe("CounterUnroller", () => {
  it("goes on over the wrap, and back over it", () => {
    const unroller = new CounterUnroller(8);
    expect([250, 255, 4, 253, 6].map((value) => unroller.unroll(value))).toEqual([250, 255, 260, 253, 262]);
  });

  it.each([32, 33])("gives back any line whose steps are less than half of its %i bits", (bits) => {
    const step = fc.integer({ min: -(2 ** (bits - 1)) + 1, max: 2 ** (bits - 1) - 1 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const unroller = new CounterUnroller(bits);
        let position = 12_345;
        unroller.unroll(position);
        for (const by of steps) {
          position += by;
          const wrapped = ((position % 2 ** bits) + 2 ** bits) % 2 ** bits;
          expect(unroller.unroll(wrapped)).toBe(position);
        }
      }),
    );
  });
});
