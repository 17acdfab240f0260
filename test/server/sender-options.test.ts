import { describe, expect, it } from "vitest";
import { Sender } from "../../server/sender.js";
import { resolveSenderOptions, type SenderOptions } from "../../server/sender-options.js";
import { StandInCamera } from "./support/stand-in-camera.js";

const good: SenderOptions = { camera: new StandInCamera(), outputs: ["tcp://127.0.0.1:0"] };

describe("SenderOptions", () => {
  it("have defaults, which an undefined value does not replace", () => {
    expect(resolveSenderOptions({ ...good, stallTimeoutMs: undefined } as unknown as SenderOptions)).toMatchObject({
      ...good,
      stamp: true,
      stallTimeoutMs: 2_000,
      startTimeoutMs: 10_000,
    });
  });

  it.each([
    [{ outputs: [] }, "outputs = []: must be a list of at least one URL such as tcp://:8000"],
    [{ outputs: "tcp://:8000" }, 'outputs = "tcp://:8000": must be a list of at least one URL such as tcp://:8000'],
    [{ outputs: [3] }, "outputs.0 = 3: must be a URL such as tcp://:8000, or an Output"],
    [{ outputs: [{ run: 1 }] }, "outputs.0 = { run: 1 }: must be a URL such as tcp://:8000, or an Output"],
    [{ camera: "pattern" }, 'camera = "pattern": must be options such as { kind: "pattern" }, or a Camera'],
    [{ stamp: 1 }, "stamp = 1: must be true or false"],
    [{ stallTimeoutMs: 10 }, "stallTimeoutMs = 10: must be a number of milliseconds from 50 to 600000"],
    [{ ffmpegPath: "" }, 'ffmpegPath = "": must be a path'],
    [{ logger: {} }, "logger = {}: must be a Logger"],
    [
      { fps: 30 },
      "options: fps is unknown; allowed: camera, outputs, stamp, stallTimeoutMs, startTimeoutMs, ffmpegPath, " +
        "rpicamPath, logger, clock",
    ],
  ])("refuse %j", (wrong, message) => {
    expect(() => resolveSenderOptions({ ...good, ...wrong } as SenderOptions)).toThrow(
      expect.objectContaining({ name: "StreamError", code: "invalid-option", message }),
    );
  });

  it("are checked when a Sender is made, with those of its camera and outputs", () => {
    expect(() => new Sender({ ...good, outputs: ["ftp://x"] })).toThrow(
      expect.objectContaining({ code: "invalid-url" }),
    );
    expect(() => new Sender({ ...good, camera: { kind: "pattern", width: 3 } })).toThrow(
      expect.objectContaining({ code: "invalid-option", message: expect.stringContaining("width") }),
    );
  });
});
