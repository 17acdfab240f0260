import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BitReader } from "../../../lib/codecs/bit-reader.js";
import { StreamError } from "../../../lib/errors.js";

const bits = (text: string) => {
  const digits = text.replaceAll(" ", "");
  const padded = digits.padEnd(Math.ceil(digits.length / 8) * 8, "0");
  return new BitReader(Buffer.from(padded.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []));
};

describe("BitReader", () => {
  it("reads fields across byte borders, highest bit first", () => {
    const reader = bits("101 0011001100 1 11");
    expect([reader.u(3), reader.u(10), reader.flag(), reader.u(2)]).toEqual([5, 0xcc, true, 3]);
  });

  it("reads 32 bits as an unsigned number", () => {
    expect(bits(`1${"1".repeat(32)}`).u(32)).toBe(0xffff_ffff);
  });

  it("reads no bits as 0", () => {
    expect(new BitReader(Buffer.alloc(0)).u(0)).toBe(0);
  });

  it("starts at a given byte and leaves bits out", () => {
    const reader = new BitReader(Buffer.from([0xff, 0b0000_0110]), 1);
    reader.skip(5);
    expect(reader.u(3)).toBe(6);
  });

  // ITU-T H.264 table 9-2 and 9-3
  it.each([
    ["1", 0, 0],
    ["010", 1, 1],
    ["011", 2, -1],
    ["00100", 3, 2],
    ["00101", 4, -2],
    ["00110", 5, 3],
    ["0001010", 9, 5],
    [`${"0".repeat(31)}1${"1".repeat(31)}`, 2 ** 32 - 2, -(2 ** 31 - 1)],
  ])("reads Exp-Golomb code %s", (code, unsigned, signed) => {
    expect(bits(code).ue()).toBe(unsigned);
    expect(bits(code).se()).toBe(signed);
  });

  it("refuses an Exp-Golomb code of more than 32 bits", () => {
    expect(() => bits(`${"0".repeat(32)}1${"0".repeat(40)}`).ue()).toThrow(StreamError);
  });

  it("throws StreamError and nothing else past the end, whatever is read", () => {
    const step = fc.constantFrom("u1", "u7", "u32", "ue", "se", "skip");
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 12 }),
        fc.array(step, { minLength: 200, maxLength: 200 }),
        (data, steps) => {
          const reader = new BitReader(Buffer.from(data));
          const readAll = () => {
            for (const name of steps) {
              if (name === "ue") reader.ue();
              else if (name === "se") reader.se();
              else if (name === "skip") reader.skip(5);
              else reader.u(Number(name.slice(1)));
            }
          };
          expect(readAll).toThrow(expect.objectContaining({ name: "StreamError", code: "invalid-data" }));
        },
      ),
    );
  });
});
