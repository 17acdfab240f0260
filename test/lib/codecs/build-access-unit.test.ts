import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { buildAccessUnit } from "../../../lib/codecs/build-access-unit.js";
import { stampNal } from "../../../lib/codecs/frame-stamp.js";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const build = (codec: "h264" | "h265", ...nals: string[]) =>
  buildAccessUnit({ codec, nals: nals.map(hex), receivedAtMs: 7 });

describe("buildAccessUnit", () => {
  it("joins the NAL units with start codes of 4 bytes and passes the times on", () => {
    const nals = [hex("67420a"), hex("6588")];
    expect(buildAccessUnit({ codec: "h264", nals, receivedAtMs: 7, mediaTimeMs: 40 })).toEqual({
      codec: "h264",
      data: hex("00000001 67420a 00000001 6588"),
      keyframe: true,
      receivedAtMs: 7,
      mediaTimeMs: 40,
    });
  });

  it.each([
    ["h264", "09f0", "0cff80"],
    ["h265", "460150", "4c01ff80"],
  ] as const)("leaves delimiters and filler data of %s out", (codec, delimiter, filler) => {
    const slice = codec === "h264" ? "419a" : "0201d0";
    expect(build(codec, delimiter, slice, filler)).toMatchObject({ data: hex(`00000001 ${slice}`) });
  });

  it.each([
    ["an IDR slice", "h264", ["6588"], true],
    ["a recovery point", "h264", ["06 0601c0 80", "419a"], true],
    ["a slice that needs others", "h264", ["419a"], false],
    ["an IRAP slice", "h265", ["2a01af"], true],
    ["a slice that needs others", "h265", ["0201d0"], false],
  ] as const)("with %s of %s says whether it is a keyframe", (_name, codec, nals, keyframe) => {
    expect(build(codec, ...nals)).toMatchObject({ keyframe });
  });

  it.each([
    ["h264", ["67420a", "68ce", "060501aa80"]],
    ["h265", ["4001", "4201", "4e01"]],
    ["h264", []],
    ["h264", ["65"]],
  ] as const)("gives nothing for %s without a whole slice header: %j", (codec, nals) => {
    expect(build(codec, ...nals)).toBeUndefined();
  });

  const stamp = { sequence: 5, capturedAtUs: 6n, byteLength: 7, checksum: crc32(hex("00000001 419a2c")) };

  it("reads the stamp, which does not count delimiters and filler data", () => {
    const nals = [stampNal("h264", stamp), hex("09f0"), hex("419a2c"), hex("0cff80")];
    expect(buildAccessUnit({ codec: "h264", nals, receivedAtMs: 7 })).toMatchObject({ stamp });
  });

  it.each([
    ["fewer bytes", ["419a"]],
    ["more bytes", ["419a2c", "41202c"]],
    ["as many other bytes", ["419a2d"]],
  ])("calls NAL units damaged that are %s than their stamp tells", (_name, slices) => {
    const nals = [stampNal("h264", stamp), ...slices.map(hex)];
    expect(buildAccessUnit({ codec: "h264", nals, receivedAtMs: 7 })).toBe("damaged");
  });
});
