import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteWindow } from "../../../lib/codecs/byte-window.js";

describe("ByteWindow", () => {
  it("holds what was appended and not dropped, whatever the order", () => {
    const step = fc.oneof(
      fc.record({ append: fc.nat(100_000), fill: fc.nat(255) }),
      fc.record({ drop: fc.nat(150_000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const window = new ByteWindow();
        let expected = Buffer.alloc(0);
        for (const action of steps) {
          if ("drop" in action) {
            window.drop(action.drop);
            expected = expected.subarray(action.drop);
          } else {
            const bytes = Buffer.alloc(action.append, action.fill);
            window.append(bytes);
            expected = Buffer.concat([expected, bytes]);
          }
          expect(window.length).toBe(expected.length);
          expect(window.view(0).equals(expected)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("finds bytes only in what it holds", () => {
    const window = new ByteWindow();
    const needle = Buffer.from([1, 2]);
    window.append(Buffer.from([1, 2, 0, 1, 2]));
    expect([window.indexOf(needle, 0), window.indexOf(needle, 1), window.indexOf(needle, 4)]).toEqual([0, 3, -1]);
    window.drop(4);
    expect([window.indexOf(needle, 0), window.at(0), window.at(1)]).toEqual([-1, 2, undefined]);
  });
});
