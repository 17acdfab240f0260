import { describe, expect, it } from "vitest";
import { StreamError } from "../../lib/errors.js";
import { DEFAULTS, type ReceiverOptions, resolveOptions } from "../../lib/options.js";

function problem(options: unknown): string {
  try {
    resolveOptions(options as ReceiverOptions);
  } catch (error) {
    if (error instanceof StreamError && error.code === "invalid-option") return error.message;
    throw error;
  }
  return "accepted";
}

describe("receiver options", () => {
  it("fills in every default", () => {
    expect(resolveOptions({})).toMatchObject({
      pixelFormat: DEFAULTS.pixelFormat,
      hwaccel: DEFAULTS.hwaccel,
      stallTimeoutMs: 2_000,
      maxLagMs: 1_000,
      retry: { minDelayMs: 25, limit: Number.POSITIVE_INFINITY },
      decode: true,
    });
  });

  it.each([
    [{ pixelFormat: "rgb48" }, /^pixelFormat = "rgb48": .*"rgb24"\|"bgr24"/],
    [{ rotate: 45 }, /^rotate = 45: .*0\|90\|180\|270/],
    [{ size: { width: 0, height: 10 } }, /^size\.width = 0: .*1/],
    [{ size: { width: 640 } }, /^size\.height = undefined/],
    [{ crop: { x: -1, y: 0, width: 1, height: 1 } }, /^crop\.x = -1/],
    [{ maxFps: 0 }, /^maxFps = 0/],
    [{ hwaccel: "cu da;rm" }, /^hwaccel = "cu da;rm": must be auto, none, or a name/],
    [{ stallTimeoutMs: "fast" }, /^stallTimeoutMs = "fast"/],
    [{ stallTimeout: 3 }, /stallTimeout/],
    [{ retry: { limit: -1 } }, /^retry\.limit = -1/],
    [{ signal: {} }, /^signal/],
  ])("refuses %j and says what is allowed", (options, message) => {
    expect(problem(options)).toMatch(message);
  });
});
