import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Recording } from "../../cli/recording.js";
import type { AccessUnit } from "../../lib/index.js";
import { TsDemuxer } from "../../lib/mpegts/demuxer.js";
import { hashFile, hashUnits } from "../support/frame-hashes.js";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";
import { makeStream } from "../support/make-stream.js";
import { unitsOf } from "../support/units-of.js";

const FRAME_MS = 1_000 / 30;

async function record(path: string, units: readonly AccessUnit[]): Promise<Recording> {
  const recording = await Recording.begin(path, units[0] as AccessUnit);
  for (const unit of units) await recording.write(unit);
  await recording.finish();
  return recording;
}

/** When the pictures of a file are shown, in display order, in frames of 1/30 s from the first. */
async function framesShown(path: string): Promise<number[]> {
  const args = ["-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path];
  const { stdout } = await promisify(execFile)("ffprobe", args);
  const times = Array.from(stdout.matchAll(/^[\d.]+/gm), ([time]) => Number(time)).sort((a, b) => a - b);
  return times.map((time) => Math.round((time - (times[0] as number)) * 30));
}

function received(stream: Buffer, codec: "h264" | "h265"): AccessUnit[] {
  return unitsOf(stream, codec).map((unit, index) => ({ ...unit, receivedAtMs: 100 + index * FRAME_MS }));
}

describe("Recording", () => {
  const upTo = (frames: number): number[] => Array.from({ length: frames }, (_, index) => index);
  const shape = { width: 128, height: 96, fps: 30, frames: 60, gop: 20 };
  let directory: FileDirectory;
  beforeAll(async () => {
    directory = await makeFileDirectory();
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it.concurrent.each([
    { codec: "h264", ending: "mp4" },
    { codec: "h264", ending: "mkv" },
    { codec: "h264", ending: "ts" },
    { codec: "h265", ending: "mp4" },
    { codec: "h265", ending: "mkv" },
    { codec: "h265", ending: "ts" },
  ] as const)("keeps every picture of $codec as it is, at its time, in .$ending", async ({ codec, ending }) => {
    const units = received(await makeStream({ ...shape, codec }), codec);
    const path = join(directory.path, `${codec}.${ending}`);
    const recording = await record(path, units);
    expect(recording).toMatchObject({ pictures: 60, seconds: expect.closeTo(59 / 30, 2) });
    expect(await hashFile(path)).toEqual(await hashUnits(units));
    expect(await framesShown(path)).toEqual(upTo(60));
  });

  it.concurrent.each(["h264", "h265"] as const)(
    "finds the display times of %s with B-frames where nothing tells them",
    async (codec) => {
      const units = received(await makeStream({ ...shape, codec, bFrames: 3 }), codec);
      const path = join(directory.path, `${codec}-b.mp4`);
      await record(path, units);
      expect(await hashFile(path)).toEqual(await hashUnits(units));
      expect(await framesShown(path)).toEqual(upTo(60));
    },
  );

  it.concurrent("takes the display times of B-frames from the container", async () => {
    const made = await directory.make({ name: "b.ts", encoder: ["-c:v", "libx264", "-bf", "2", "-b_strategy", "0"] });
    const units: AccessUnit[] = [];
    const sink = { unit: (unit: AccessUnit) => void units.push(unit), lost: () => {}, discarded: () => {} };
    const demuxer = new TsDemuxer({ sink });
    demuxer.push(await readFile(made), 0);
    demuxer.flush();
    const path = join(directory.path, "b.mp4");
    // All of them arrive in one moment: only the container's times can be the source.
    await record(
      path,
      units.map((unit) => ({ ...unit, receivedAtMs: 5 })),
    );
    expect(await framesShown(path)).toEqual(upTo(20));
    expect(await hashFile(path)).toEqual(await hashFile(made));
  });

  it("ends with the reason when the stream's size changes, and keeps what came before", async () => {
    const [small, large] = await Promise.all([
      makeStream({ ...shape, codec: "h264" }),
      makeStream({ ...shape, codec: "h264", width: 256 }),
    ]);
    const path = join(directory.path, "change.mp4");
    const recording = await Recording.begin(path, unitsOf(small, "h264")[0] as AccessUnit);
    for (const unit of received(small, "h264")) await recording.write(unit);
    await expect(recording.write(unitsOf(large, "h264")[0] as AccessUnit)).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("changed from h264 128x96 to h264 256x96"),
    });
    await recording.finish();
    expect(await framesShown(path)).toEqual(upTo(60));
  });

  it("says why the file cannot be written", async () => {
    const units = received(await makeStream({ ...shape, codec: "h264" }), "h264");
    await expect(record(join(directory.path, "no such folder", "a.mp4"), units)).rejects.toMatchObject({
      code: "process-failed",
      message: expect.stringMatching(/a\.mp4 could not be written: .*No such file or directory/),
    });
  });
});
