import { execFileSync } from "node:child_process";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { START_CODE, splitNalUnits, unescapeNal } from "../../../lib/codecs/annexb.js";
import { buildAccessUnit } from "../../../lib/codecs/build-access-unit.js";
import { insertStamp, parseStamp, STAMP_UUID, stampNal } from "../../../lib/codecs/frame-stamp.js";
import { NAL_CODECS, type NalCodecName } from "../../../lib/codecs/nal-codec.js";
import { makeStream } from "../../support/make-stream.js";

const CODECS = ["h264", "h265"] as const;
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

const stamps = fc.record({
  sequence: fc.oneof(fc.constantFrom(0, 1, 2, 3), fc.integer({ min: 0, max: 0xffff_ffff })),
  capturedAtUs: fc.oneof(fc.constantFrom(0n, 1n, 768n), fc.bigInt(0n, 2n ** 64n - 1n)),
  byteLength: fc.oneof(fc.constantFrom(0, 1, 2, 3), fc.integer({ min: 0, max: 0xffff_ffff })),
  checksum: fc.oneof(fc.constantFrom(0, 1, 2, 3), fc.integer({ min: 0, max: 0xffff_ffff })),
});

const readStamp = (codec: NalCodecName, data: Buffer) =>
  splitNalUnits(data).flatMap((nal) => parseStamp(codec, nal) ?? [])[0];

async function firstUnit(codec: "h264" | "h265"): Promise<AccessUnit> {
  const stream = await makeStream({ codec, width: 64, height: 64, fps: 25, frames: 1 });
  return buildAccessUnit({ codec, nals: splitNalUnits(stream), receivedAtMs: 0 }) as AccessUnit;
}

describe.each(CODECS)("the frame stamp in %s", (codec) => {
  it("comes back for any values, without a start code in it", () => {
    fc.assert(
      fc.property(stamps, (stamp) => {
        const nal = stampNal(codec, stamp);
        expect(splitNalUnits(Buffer.concat([START_CODE, nal]))).toEqual([nal]);
        expect(parseStamp(codec, nal)).toEqual(stamp);
      }),
    );
  });

  it("never throws on random bytes, nor on a damaged stamp", () => {
    const nal = stampNal(codec, { sequence: 1, capturedAtUs: 2n, byteLength: 3, checksum: 4 });
    const bytes = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(bytes, fc.nat(nal.length), fc.nat(nal.length - 1), (random, length, at) => {
        const damaged = Buffer.from(nal.subarray(0, length));
        if (at < length) damaged[at] = random[0] ?? 0;
        for (const bad of [Buffer.from(random), Buffer.concat([nal.subarray(0, 2), random]), damaged])
          parseStamp(codec, bad);
      }),
      { numRuns: 500 },
    );
  });

  it("is not read of another version, UUID or length", () => {
    const ones = { sequence: 0x01010101, byteLength: 0x01010101, checksum: 0x01010101 };
    const nal = stampNal(codec, { ...ones, capturedAtUs: 0x0101010101010101n });
    const version = nal.indexOf(STAMP_UUID) + STAMP_UUID.length;
    for (const [offset, value] of [
      [version, 2],
      [version - 1, 0],
      [version - STAMP_UUID.length - 1, 38],
    ] as const) {
      const other = Buffer.from(nal);
      other[offset] = value;
      expect(parseStamp(codec, other)).toBeUndefined();
    }
  });

  it("stands directly before the first slice and tells length and checksum of the rest", async () => {
    const unit = await firstUnit(codec);
    const before = splitNalUnits(unit.data);
    const data = insertStamp(unit, { sequence: 9, capturedAtUs: 1_700_000_000_000_000n });
    const after = splitNalUnits(data);
    const at = after.findIndex((nal) => parseStamp(codec, nal) !== undefined);
    expect(NAL_CODECS[codec].nalRole(after[at + 1] as Buffer)).toBe("first-slice");
    expect(after.filter((_nal, index) => index !== at)).toEqual(before);
    const rest = data.length - data.indexOf(after[at] as Buffer) - (after[at] as Buffer).length;
    expect(readStamp(codec, data)).toEqual({
      sequence: 9,
      capturedAtUs: 1_700_000_000_000_000n,
      byteLength: rest,
      checksum: crc32(data.subarray(-rest)),
    });
  });

  it("replaces one that was there", async () => {
    const unit = await firstUnit(codec);
    const once = insertStamp(unit, { sequence: 1, capturedAtUs: 1n });
    const twice = insertStamp({ ...unit, data: once }, { sequence: 2, capturedAtUs: 1n });
    expect(twice.length).toBe(once.length);
    expect(readStamp(codec, twice)?.sequence).toBe(2);
  });

  it("is ignored by ffmpeg: the same pixels come out", async () => {
    const unit = await firstUnit(codec);
    const pixels = (data: Buffer) => {
      const format = codec === "h264" ? "h264" : "hevc";
      const args = ["-v", "error", "-f", format, "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"];
      return execFileSync("ffmpeg", args, { input: data });
    };
    const plain = pixels(unit.data);
    expect(plain.length).toBe(64 * 64 * 3);
    expect(pixels(insertStamp(unit, { sequence: 0, capturedAtUs: 0n })).equals(plain)).toBe(true);
  });
});

describe("stampNal", () => {
  it("has the documented bytes", () => {
    const stamp = {
      sequence: 0x01020304,
      capturedAtUs: 0x1112131415161718n,
      byteLength: 0x21222324,
      checksum: 0x31323334,
    };
    const payload = `05 25 ${STAMP_UUID.toString("hex")} 01 01020304 1112131415161718 21222324 31323334 80`;
    expect(unescapeNal(stampNal("h264", stamp))).toEqual(hex(`06 ${payload}`));
    expect(unescapeNal(stampNal("h265", stamp, 3))).toEqual(hex(`4e03 ${payload}`));
  });
});

describe("insertStamp", () => {
  it("counts start codes of 4 bytes, whatever stood there", () => {
    const unit: AccessUnit = { codec: "h264", data: hex("000001 6588 000001 6540"), keyframe: true, receivedAtMs: 0 };
    const data = insertStamp(unit, { sequence: 1, capturedAtUs: 1n });
    const rest = hex("00000001 6588 00000001 6540");
    expect(readStamp("h264", data)).toMatchObject({ byteLength: 12, checksum: crc32(rest) });
    expect(data.subarray(-12)).toEqual(rest);
  });

  it.each([
    ["of another codec", "mjpeg", "ffd8"],
    ["without a slice", "h264", "00000001 67420a"],
  ] as const)("returns data %s as it is", (_name, codec, data) => {
    const unit: AccessUnit = { codec, data: hex(data), keyframe: true, receivedAtMs: 0 };
    expect(insertStamp(unit, { sequence: 1, capturedAtUs: 1n })).toBe(unit.data);
  });

  it("gives the stamp the temporal layer of an H.265 picture", () => {
    const unit: AccessUnit = { codec: "h265", data: hex("00000001 0203d0"), keyframe: false, receivedAtMs: 0 };
    const [stamp] = splitNalUnits(insertStamp(unit, { sequence: 1, capturedAtUs: 1n }));
    expect(stamp?.[1]).toBe(3);
  });
});
