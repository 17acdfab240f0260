import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessUnit, Codec } from "../../../lib/codecs/access-unit.js";
import { sameParameters, streamParameters } from "../../../lib/codecs/stream-parameters.js";
import { makeStream } from "../../support/make-stream.js";
import { encodeAll, encodeWith } from "./encode-with.js";

const TINY = { filter: "size=64x64" };

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const unitOf = (codec: Codec, data: Buffer, keyframe = true): AccessUnit => ({
  codec,
  data,
  keyframe,
  receivedAtMs: 0,
});

describe("streamParameters", () => {
  it("reads H.264", async () => {
    const data = await makeStream({ codec: "h264", width: 642, height: 358, fps: 25, frames: 1 });
    expect(streamParameters(unitOf("h264", data))).toEqual({
      codec: "h264",
      width: 642,
      height: 358,
      reorders: false,
      fps: 25,
      codecString: "avc1.42c01e",
      pixelLayout: "yuv420p",
    });
  });

  it("reads H.265", async () => {
    const data = await makeStream({ codec: "h265", width: 642, height: 358, fps: 25, frames: 2 });
    expect(streamParameters(unitOf("h265", data))).toEqual({
      codec: "h265",
      width: 642,
      height: 358,
      reorders: false,
      fps: 25,
      codecString: "hvc1.1.6.L63.90",
      pixelLayout: "yuv420p",
    });
  });

  it("names the pixel layout as ffmpeg does", async () => {
    const layouts = { h264: ["yuv422p10le", "yuv444p"], h265: ["yuv420p10le", "gray"] } as const;
    const x265 = ["-c:v", "libx265", "-x265-params", "log-level=error"];
    const streams = await encodeAll([
      ...layouts.h264.map((layout) => ({ ...TINY, encoder: ["-c:v", "libx264", "-pix_fmt", layout], format: "h264" })),
      ...layouts.h265.map((layout) => ({ ...TINY, encoder: [...x265, "-pix_fmt", layout], format: "hevc" })),
    ]);
    const codecs = ["h264", "h264", "h265", "h265"] as const;
    const named = streams.map((data, index) => streamParameters(unitOf(codecs[index] as Codec, data))?.pixelLayout);
    expect(named).toEqual([...layouts.h264, ...layouts.h265]);
  });

  it("reads JPEG", async () => {
    const data = await encodeWith({ filter: "size=642x358", encoder: ["-frames:v", "1"], format: "mjpeg" });
    expect(streamParameters(unitOf("mjpeg", data))).toEqual({
      codec: "mjpeg",
      width: 642,
      height: 358,
      reorders: false,
    });
  });

  it("reads a VP8 keyframe, without its display scale", () => {
    expect(streamParameters(unitOf("vp8", hex("100200 9d012a 8242 6681")))).toEqual({
      codec: "vp8",
      width: 642,
      height: 358,
      reorders: false,
      codecString: "vp8",
    });
  });

  it("reads the keyframe that ffmpeg's VP8 encoder writes", () => {
    const args = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=642x358", "-frames:v", "1", "-c:v", "libvpx"];
    const file = execFileSync("ffmpeg", [...args, "-f", "ivf", "pipe:1"]);
    expect(streamParameters(unitOf("vp8", file.subarray(44)))).toMatchObject({ width: 642, height: 358 });
  });

  it.each([
    ["a unit that is no keyframe", unitOf("h264", hex("00000001 6742c01e"), false)],
    ["a keyframe without parameter sets", unitOf("h264", hex("00000001 6588"))],
    ["a damaged parameter set of H.264", unitOf("h264", hex("00000001 6742c0 00000001 6588"))],
    ["a damaged parameter set of H.265", unitOf("h265", hex("00000001 420101 00000001 2601af"))],
    ["something else than a JPEG", unitOf("mjpeg", hex("00000001"))],
    ["a VP8 picture that is no keyframe", unitOf("vp8", hex("110200 9d012a 8202 6601"))],
    ["VP8 without its start code", unitOf("vp8", hex("100200 9d012b 8202 6601"))],
    ["a codec that says nothing here", unitOf("av1", hex("0a0b"))],
  ])("gives nothing for %s", (_name, unit) => {
    expect(streamParameters(unit)).toBeUndefined();
  });

  it("never throws on random bytes", () => {
    const codecs = fc.constantFrom<Codec>("h264", "h265", "mjpeg", "vp8", "vp9", "av1", "other");
    const prefixes = fc.constantFrom("", "0000000167", "000000014201", "ffd8ffc0", "1002009d012a");
    fc.assert(
      fc.property(codecs, prefixes, fc.uint8Array({ maxLength: 60 }), (codec, prefix, bytes) => {
        streamParameters(unitOf(codec, Buffer.concat([hex(prefix), bytes])));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("sameParameters", () => {
  const base = { codec: "h264", width: 640, height: 480, reorders: false, fps: 30, pixelLayout: "yuv420p" } as const;

  it.each([
    ["nothing", {}, true],
    ["the frame rate", { fps: 25 }, true],
    ["the profile's name", { codecString: "avc1.640028" }, true],
    ["the codec", { codec: "h265" }, false],
    ["the width", { width: 642 }, false],
    ["the height", { height: 482 }, false],
    ["reordering", { reorders: true }, false],
    ["the pixel layout", { pixelLayout: "yuv422p" }, false],
  ] as const)("when %s changes", (_name, change, same) => {
    expect(sameParameters(base, { ...base, ...change })).toBe(same);
  });
});
