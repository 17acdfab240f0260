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
    expect(build(codec, delimiter, slice, filler)?.data).toEqual(hex(`00000001 ${slice}`));
  });

  it.each([
    ["an IDR slice", "h264", ["6588"], true],
    ["a recovery point", "h264", ["06 0601c0 80", "419a"], true],
    ["a slice that needs others", "h264", ["419a"], false],
    ["an IRAP slice", "h265", ["2a01af"], true],
    ["a slice that needs others", "h265", ["0201d0"], false],
  ] as const)("with %s of %s says whether it is a keyframe", (_name, codec, nals, keyframe) => {
    expect(build(codec, ...nals)?.keyframe).toBe(keyframe);
  });

  it.each([
    ["h264", ["67420a", "68ce", "060501aa80"]],
    ["h265", ["4001", "4201", "4e01"]],
    ["h264", []],
    ["h264", ["65"]],
  ] as const)("gives nothing for %s without a whole slice header: %j", (codec, nals) => {
    expect(build(codec, ...nals)).toBeUndefined();
  });

  it("reads the stamp", () => {
    const stamp = { sequence: 5, capturedAtUs: 6n, byteLength: 6 };
    const unit = buildAccessUnit({ codec: "h264", nals: [stampNal("h264", stamp), hex("419a")], receivedAtMs: 7 });
    expect(unit?.stamp).toEqual(stamp);
  });
});
