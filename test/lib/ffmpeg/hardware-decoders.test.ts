import { afterEach, describe, expect, it, vi } from "vitest";
import { failureReason, listedNames, proveHardwareDecoders } from "../../../lib/ffmpeg/hardware-decoders.js";
import { fixturePath } from "../../support/fixture-path.js";

const standIn = fixturePath("ffmpeg-with-accelerators");
const both = (result: object) => [
  { ...result, codec: "h264" },
  { ...result, codec: "h265" },
];

describe("proveHardwareDecoders", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("believes only those that give all pictures with the right pixels", async () => {
    vi.stubEnv("ACCELERATORS", "good,wrong_pixels,one_picture,good");
    expect(await proveHardwareDecoders(standIn)).toEqual([
      ...both({ name: "good", works: true }),
      ...both({ name: "wrong_pixels", works: false, reason: "gave wrong pixels" }),
      ...both({ name: "one_picture", works: false, reason: "gave 1 of 3 pictures" }),
    ]);
  });

  it("waits for none longer than it is told", async () => {
    vi.stubEnv("ACCELERATORS", "silent");
    const decoders = await proveHardwareDecoders(standIn, { timeoutMs: 500 });
    expect(decoders).toEqual(both({ name: "silent", works: false, reason: "no answer in 0.5 s" }));
  });
});

describe("listedNames", () => {
  it("takes each name once, and no heading", () => {
    expect(listedNames("Hardware acceleration methods:\r\ncuda\r\nqsv\r\ncuda\r\n\r\n")).toEqual(["cuda", "qsv"]);
  });
});

describe("failureReason", () => {
  it.each([
    {
      said: "[AVHWDeviceContext @ 0x55] Cannot load libcuda.so.1\n[AVHWDeviceContext @ 0x55] Could not dynamically load CUDA",
      reason: "Cannot load libcuda.so.1",
    },
    {
      said: "[h264 @ 0x1] Reinit context\n[AVHWDeviceContext @ 0x2] Cannot open the X11 display .\nDevice creation failed: -1.",
      reason: "Cannot open the X11 display",
    },
    {
      said: "Device creation failed: -14.\n[h264 @ 0x1] No device available for decoder: device type drm needed for codec h264.",
      reason: "no such device",
    },
    {
      said: "Impossible to convert between the formats supported by the filter 'graph 0 input from stream 0:0' and the filter",
      reason: "ffmpeg decodes in software instead",
    },
    {
      said: "[h264 @ 0x1] Failed setup for format cuda: hwaccel error",
      reason: "Failed setup for format cuda: hwaccel error",
    },
    { said: "", reason: "ffmpeg failed" },
  ])("says $reason", ({ said, reason }) => {
    expect(failureReason(said)).toBe(reason);
  });
});
