import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCamera } from "../../../server/cameras/index.js";
import { counterFilters } from "../../../server/cameras/pattern-filter.js";
import { context, decodeCounters, type Taken, takeUnits, upTo } from "./support.js";

const LENGTH = 15;
const X264 = ["-c:v", "libx264", "-bf", "0"];
const CLIPS: Record<string, readonly string[]> = {
  "h264.mp4": X264,
  "h264.mkv": X264,
  "h264.ts": X264,
  "h265.mp4": ["-c:v", "libx265", "-x265-params", "log-level=error:bframes=0"],
  "mjpeg.avi": ["-c:v", "mjpeg", "-q:v", "3"],
  "other.mkv": ["-c:v", "mpeg4", "-q:v", "3"],
  "reordered.mp4": ["-c:v", "libx264", "-bf", "2"],
  "rate.mp4": [...X264, "-r", "25"],
  "a:b.mp4": X264,
};
let folder = "";

/** Clips of 15 numbered pictures at 60 fps, all by one ffmpeg. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "file-test-"));
  const filter = ["testsrc2=size=320x240:rate=60", "format=yuv420p", ...counterFilters(320, 240)].join(",");
  const outputs = Object.entries(CLIPS).flatMap(([name, coding]) => [
    ...["-frames:v", `${LENGTH}`, "-g", "5", "-preset", "ultrafast", ...coding, `file:${clip(name)}`],
  ]);
  const made = spawnSync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", filter, ...outputs], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
});
afterAll(() => rmSync(folder, { recursive: true }));

function clip(name: string): string {
  return join(folder, name);
}

function mediaTimes(taken: readonly Taken[]): number[] {
  return taken.map(({ unit }) => unit.mediaTimeMs ?? Number.NaN);
}

const twice = [...upTo(LENGTH), ...upTo(LENGTH)];

describe.concurrent("file camera", () => {
  it.each([
    ["h264.mp4", "h264"],
    ["h264.mkv", "h264"],
    ["h264.ts", "h264"],
    ["h265.mp4", "h265"],
    ["mjpeg.avi", "mjpeg"],
    ["other.mkv", "h264"],
  ] as const)("plays %s over and over without a gap", async (name, codec) => {
    const taken = await takeUnits(openCamera({ kind: "file", path: clip(name) }, context), 2 * LENGTH);
    expect(taken.map(({ unit }) => unit.codec)).toEqual(twice.map(() => codec));
    expect(decodeCounters(taken.map(({ unit }) => unit))).toEqual(twice);
    const times = mediaTimes(taken);
    for (let index = 1; index < times.length; index++) {
      expect((times[index] ?? 0) - (times[index - 1] ?? 0)).toBeCloseTo(1000 / 60, -1);
    }
  });

  it("plays it in real time, with the parameter sets of an mp4 file before every keyframe", async () => {
    const path = clip("h264.mp4");
    const startedMs = performance.now();
    const units = (await takeUnits(openCamera({ kind: "file", path }, context), 5 * LENGTH)).map(({ unit }) => unit);
    // ffmpeg may send the first half second at once.
    expect(performance.now() - startedMs).toBeGreaterThan(650);
    expect(units.slice(0, 12).flatMap(({ keyframe }, index) => (keyframe ? [index] : []))).toEqual([0, 5, 10]);
    expect(decodeCounters(units.slice(5, 12))).toEqual([5, 6, 7, 8, 9, 10, 11]);
  });

  it("passes pictures with B-frames on in the order in which they are coded", async () => {
    const path = clip("reordered.mp4");
    const units = (await takeUnits(openCamera({ kind: "file", path }, context), LENGTH)).map(({ unit }) => unit);
    expect(decodeCounters(units)).toEqual(upTo(LENGTH));
  });

  it("knows the file's rate once it plays", async () => {
    const camera = openCamera({ kind: "file", path: clip("rate.mp4") }, context);
    await takeUnits(camera, 1);
    expect(camera.fps).toBe(25);
  });

  it("plays a file with a colon in its name", async () => {
    const units = await takeUnits(openCamera({ kind: "file", path: clip("a:b.mp4") }, context), 3);
    expect(decodeCounters(units.map(({ unit }) => unit))).toEqual(upTo(3));
  });

  it("refuses a URL, and keeps its password to itself", () => {
    const message =
      'camera.path: "http://user:***@127.0.0.1/clip.mp4" is not allowed; it must be the path of a video file, not a URL';
    const open = () => openCamera({ kind: "file", path: "http://user:hunter2@127.0.0.1/clip.mp4" }, context);
    expect(open).toThrow(expect.objectContaining({ code: "invalid-option", message }));
  });

  it("says what is wrong with a file that is not there or is no video", async () => {
    const missing = openCamera({ kind: "file", path: "/nowhere/clip.mp4" }, context);
    const message = "camera.path: /nowhere/clip.mp4 cannot be played: No such file or directory";
    await expect(takeUnits(missing, 1)).rejects.toMatchObject({ code: "invalid-option", message });
    const path = join(folder, "text.mp4");
    writeFileSync(path, "not a video");
    const wrong = takeUnits(openCamera({ kind: "file", path }, context), 1);
    await expect(wrong).rejects.toMatchObject({ code: "invalid-option", message: expect.stringContaining(path) });
  });
});
