import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { splitNalUnits } from "../../../lib/codecs/annexb.js";
import { silentLogger } from "../../../lib/logger.js";
import { readFrameCounter } from "../../../server/cameras/frame-counter.js";
import { openCamera } from "../../../server/cameras/index.js";
import { FakeClock } from "../../support/fake-clock.js";
import { fixturePath } from "../../support/fixture-path.js";
import { context, decodeCounters, decodePictures, takeUnits, upTo } from "./support.js";

const FIXTURE = join(import.meta.dirname, "../../fixtures/rpicam-vid");
/** As small as pictures can be of which libx264 makes 4 slices. */
const SIZE = { width: 320, height: 256 };
const options = { kind: "rpicam", ...SIZE, fps: 60, gop: 10 } as const;
/** The stand-in, for all but the questions that it answered before. */
const PROGRAM = join(import.meta.dirname, "rpicam-vid-remembered");
const rpicam = { ...context, rpicamPath: PROGRAM };

let answers = "";
let folder = "";
beforeAll(() => {
  answers = mkdtempSync(join(tmpdir(), "rpicam-answers-"));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rpicam-test-"));
  vi.stubEnv("RPICAM_LOG", join(folder, "log"));
  vi.stubEnv("RPICAM_ANSWERS", answers);
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => rmSync(answers, { recursive: true }));

/** Arguments of the last call of the stand-in. */
function lastArguments(): string {
  const lines = readFileSync(join(folder, "log"), "utf8").trim().split("\n");
  return (JSON.parse(lines.at(-1) ?? "[]") as string[]).join(" ");
}

function sliceCounts(units: readonly AccessUnit[]): number[] {
  const isSlice = (nal: Buffer): boolean => [1, 5].includes((nal[0] ?? 0) & 31);
  return units.map(({ data }) => splitNalUnits(data).filter(isSlice).length);
}

describe.each([
  ["pi4", 1, "--codec h264"],
  ["pi5", 4, "--low-latency"],
])("rpicam camera on a %s", (model, slices, argument) => {
  beforeEach(() => vi.stubEnv("RPICAM_MODEL", model));

  it("gives whole pictures, in order, each as one access unit, and can be joined at every keyframe", async () => {
    const units = (await takeUnits(openCamera(options, rpicam), 23)).map(({ unit }) => unit);
    expect(decodeCounters(units, SIZE)).toEqual(upTo(23));
    expect(sliceCounts(units)).toEqual(upTo(23).map(() => slices));
    expect(units.flatMap(({ keyframe }, index) => (keyframe ? [index] : []))).toEqual([0, 10, 20]);
    expect(decodeCounters(units.slice(10, 13), SIZE)).toEqual([10, 11, 12]);
    expect(lastArguments()).toContain(argument);
  });

  it("fails with camera-missing without a camera", async () => {
    vi.stubEnv("RPICAM_FAULT", "no-camera");
    const run = takeUnits(openCamera(options, rpicam), 1);
    await expect(run).rejects.toMatchObject({ code: "camera-missing", message: `${PROGRAM} finds no camera` });
  });

  it("fails with process-failed and the program's own words when it crashes", async () => {
    vi.stubEnv("RPICAM_FAULT", "crash");
    const run = takeUnits(openCamera(options, rpicam), 100);
    await expect(run).rejects.toMatchObject({ code: "process-failed" });
    await expect(run).rejects.toThrow(/exited with code 255: .*failed to queue input to codec/);
  });
});

describe("rpicam camera", () => {
  it("tells a Pi 4's time at the sensor, keeps time with another camera, and leaves no named pipe behind", async () => {
    vi.stubEnv("TMPDIR", folder);
    const taken = await takeUnits(openCamera({ ...options, sync: "client" }, rpicam), 10);
    const told = taken.filter(({ capturedAtUs }) => capturedAtUs !== undefined);
    // The stand-in says that every exposure began 20 ms before its picture was written.
    expect(told.length).toBeGreaterThan(0);
    for (const { capturedAtUs = 0n, atUs } of told) {
      expect(Number(atUs - capturedAtUs) / 1000).toBeGreaterThan(18);
      expect(Number(atUs - capturedAtUs) / 1000).toBeLessThan(2000);
    }
    expect(lastArguments()).toContain("--sync client");
    expect(lastArguments()).toContain(`--metadata ${folder}/glasslink-`);
    expect(readdirSync(folder)).toEqual(["log"]);
  });

  it("says that an old version keeps time with no other camera", async () => {
    vi.stubEnv("RPICAM_BUILD", "1.5");
    const run = takeUnits(openCamera({ ...options, sync: "client" }, rpicam), 1);
    const message = expect.stringContaining("camera.sync: ");
    await expect(run).rejects.toMatchObject({ code: "unsupported", message });
  });

  it("shows the picture upside down when it is rotated", async () => {
    const [unit] = await takeUnits(openCamera({ ...options, rotation: 180 }, rpicam), 1);
    const [pixels] = decodePictures(unit === undefined ? [] : [unit.unit], options);
    expect(readFrameCounter(pixels ?? Buffer.alloc(0), SIZE.width, SIZE.height)).toBeUndefined();
    expect(readFrameCounter(Buffer.from(pixels ?? []).reverse(), SIZE.width, SIZE.height)).toBe(0);
  });

  it("holds no picture back on a Pi 5 before version 1.6", async () => {
    vi.stubEnv("RPICAM_MODEL", "pi5");
    vi.stubEnv("RPICAM_BUILD", "1.5");
    // The encoder gets 15 pictures and no more: what it held back would never come.
    vi.stubEnv("RPICAM_FAULT", "stall");
    const units = (await takeUnits(openCamera(options, rpicam), 15)).map(({ unit }) => unit);
    expect(decodeCounters(units, SIZE)).toEqual(upTo(15));
  });

  it("says what to install on a Pi 5 whose rpicam-vid was built without libav", async () => {
    vi.stubEnv("RPICAM_MODEL", "pi5");
    vi.stubEnv("RPICAM_BUILD", "lite");
    const run = takeUnits(openCamera(options, rpicam), 1);
    await expect(run).rejects.toMatchObject({ code: "unsupported", message: expect.stringContaining("apt install") });
  });

  it("names the cameras that are there when another one is asked for", async () => {
    vi.stubEnv("RPICAM_MODEL", "pi5");
    const run = takeUnits(openCamera({ ...options, camera: 2 }, rpicam), 1);
    const message = "camera.camera: 2 does not exist; found: 0 (imx708_wide), 1 (ov5647)";
    await expect(run).rejects.toMatchObject({ code: "camera-missing", message });
  });

  it("falls back to libcamera-vid, the older name, and says when it begins to make pictures: after the questions", async () => {
    const programs = join(folder, "bin");
    mkdirSync(programs);
    symlinkSync(FIXTURE, join(programs, "libcamera-vid"));
    vi.stubEnv("PATH", `${programs}${delimiter}${process.env.PATH}`);
    const stop = new AbortController();
    let asked = "";
    const starts = (): void => {
      asked = lastArguments();
    };
    await openCamera(options, context).run({ unit: () => stop.abort(), starts }, stop.signal);
    expect(asked).toBe("--list-cameras");
    expect(lastArguments()).toContain("--output -");
  });

  it("says what to install where neither program is there", async () => {
    vi.stubEnv("PATH", folder);
    const message = "neither rpicam-vid nor libcamera-vid can be started; install it: sudo apt install rpicam-apps";
    await expect(takeUnits(openCamera(options, context), 1)).rejects.toMatchObject({ code: "camera-missing", message });
  });

  it("stays and ends in good order when the program gives nothing", async () => {
    vi.stubEnv("RPICAM_FAULT", "silent");
    const stop = new AbortController();
    const units: AccessUnit[] = [];
    // Aborts once the program is being started, which is what the camera logs then.
    const logger = { ...silentLogger, debug: () => void setImmediate(() => stop.abort()) };
    await openCamera(options, { ...rpicam, logger }).run({ unit: (unit) => void units.push(unit) }, stop.signal);
    expect(units).toEqual([]);
  });

  it("gives up at once on a program that does not answer", async () => {
    vi.stubEnv("RPICAM_FAULT", "hang");
    const clock = new FakeClock();
    const run = takeUnits(openCamera(options, { ...context, rpicamPath: FIXTURE, clock }), 1);
    clock.advance(5_000);
    const message = `${FIXTURE} did not answer --version within 5 s`;
    await expect(run).rejects.toMatchObject({ code: "process-failed", message });
    expect(clock.waiting).toBe(0);
  });

  it("stays and ends in good order when the program stalls, also where it is a script that runs it", async () => {
    vi.stubEnv("RPICAM_FAULT", "stall");
    const rpicamPath = fixturePath("rpicam-vid-wrapped");
    expect(await takeUnits(openCamera(options, { ...rpicam, rpicamPath }), 15)).toHaveLength(15);
  });

  it("tells how many pictures it lost", async () => {
    vi.stubEnv("RPICAM_FAULT", "oversized");
    const warnings: unknown[][] = [];
    const logger = { ...silentLogger, warn: (...warning: unknown[]) => void warnings.push(warning) };
    await takeUnits(openCamera(options, { ...rpicam, logger }), 17);
    const message = "Raspberry Pi camera 0, 320x256 at 60 fps: pictures lost in this run: 1";
    expect(warnings).toEqual([[{ lost: 1 }, message]]);
  });

  it("kills a program that does not listen to SIGTERM", async () => {
    vi.stubEnv("RPICAM_FAULT", "ignore-term");
    const startedMs = performance.now();
    await takeUnits(openCamera(options, rpicam), 3);
    expect(performance.now() - startedMs).toBeGreaterThan(500);
  });
});
