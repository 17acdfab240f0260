import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeNal, joinedLength, joinNalUnits, splitNalUnits, unescapeNal } from "../../../lib/codecs/annexb.js";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

/** Bytes in which zeros and small numbers are as frequent as they are hard. */
const hardBytes = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3) }, fc.integer({ min: 0, max: 255 })), {
    maxLength: 60,
  })
  .map((bytes) => Buffer.from(bytes));

describe("splitNalUnits", () => {
  it.each([
    ["nothing", "", []],
    ["no start code", "65 88 80", []],
    ["a start code of 3 bytes", "000001 6588", ["6588"]],
    ["a start code of 4 bytes", "00000001 6588", ["6588"]],
    ["noise before the first start code", "ffee 000001 6588", ["6588"]],
    ["several NAL units", "00000001 67 000001 68 00000001 65", ["67", "68", "65"]],
    ["zeros behind a NAL unit", "000001 6588 000000 00000001 41 0000", ["6588", "41"]],
    ["empty NAL units", "000001 000001 00000001 65 000001", ["65"]],
  ])("gives the NAL units of %s", (_name, data, expected) => {
    expect(splitNalUnits(hex(data)).map((nal) => nal.toString("hex"))).toEqual(expected);
  });

  it("gives views, not copies", () => {
    const data = hex("000001 6588");
    expect(splitNalUnits(data)[0]?.buffer).toBe(data.buffer);
  });

  it("undoes joinNalUnits for any escaped NAL units", () => {
    const nals = fc.array(
      hardBytes.map((bytes) => escapeNal(Buffer.concat([bytes, Buffer.from([0x80])]))),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(nals, (expected) => {
        const data = joinNalUnits(expected);
        expect(data.length).toBe(joinedLength(expected));
        expect(splitNalUnits(data)).toEqual(expected);
      }),
    );
  });
});

describe("joinNalUnits", () => {
  it("puts a start code of 4 bytes before each", () => {
    expect(joinNalUnits([hex("67"), hex("6588")])).toEqual(hex("00000001 67 00000001 6588"));
  });
});

describe("emulation prevention", () => {
  it.each([
    ["000000", "00000300"],
    ["000001", "00000301"],
    ["000002", "00000302"],
    ["000003", "00000303"],
    ["000004", "000004"],
    ["0000000000", "000003000003 00"],
    ["650000", "65000003"],
  ])("writes %s as %s and reads it back", (rbsp, nal) => {
    expect(escapeNal(hex(rbsp))).toEqual(hex(nal));
    expect(unescapeNal(hex(nal))).toEqual(hex(rbsp));
  });

  it("returns the same buffer where there is nothing to take out", () => {
    const nal = hex("65 88 84 00 21");
    expect(unescapeNal(nal)).toBe(nal);
  });

  it("gives any bytes back", () => {
    fc.assert(fc.property(hardBytes, (bytes) => unescapeNal(escapeNal(bytes)).equals(bytes)));
  });

  it("leaves no start code and nothing that looks like one", () => {
    fc.assert(
      fc.property(hardBytes, (bytes) => {
        const nal = escapeNal(bytes);
        for (const forbidden of ["000000", "000001", "000002"]) expect(nal.indexOf(hex(forbidden))).toBe(-1);
      }),
    );
  });
});
