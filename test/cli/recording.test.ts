import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Recording } from "../../cli/recording.js";
import type { AccessUnit } from "../../lib/index.js";
import { TsDemuxer } from "../../lib/mpegts/demuxer.js";
import { type HashedPicture, hashPictures } from "../support/frame-hashes.js";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";
import { makeStream } from "../support/make-stream.js";
import { unitsOf } from "../support/units-of.js";

const FRAME_MS = 1_000 / 30;
const FRAMES = 45;

async function record(path: string, units: readonly AccessUnit[]): Promise<Recording> {
  const recording = await Recording.begin(path, units[0] as AccessUnit);
  for (const unit of units) await recording.write(unit);
  await recording.finish();
  return recording;
}

/** When pictures are shown, in frames of 1/30 s from the first. */
function framesShown(pictures: readonly HashedPicture[]): number[] {
  return pictures.map(({ seconds }) => Math.round((seconds - (pictures[0]?.seconds ?? 0)) * 30));
}

const hashesOf = (pictures: readonly HashedPicture[]): string[] => pictures.map(({ hash }) => hash);

function received(stream: Buffer, codec: "h264" | "h265"): AccessUnit[] {
  return unitsOf(stream, codec).map((unit, index) => ({ ...unit, receivedAtMs: 100 + index * FRAME_MS }));
}

describe("Recording", () => {
  const upTo = (frames: number): number[] => Array.from({ length: frames }, (_, index) => index);
  const shape = { width: 128, height: 96, fps: 30, frames: FRAMES, gop: 20 };
  let directory: FileDirectory;
  beforeAll(async () => {
    directory = await makeFileDirectory();
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it.each([
    { codec: "h264", bFrames: 0, how: "as it is, at its time" },
    { codec: "h265", bFrames: 0, how: "as it is, at its time" },
    { codec: "h264", bFrames: 3, how: "with B-frames, whose display times nothing tells" },
    { codec: "h265", bFrames: 3, how: "with B-frames, whose display times nothing tells" },
  ] as const)("keeps every picture of $codec $how", async ({ codec, bFrames }) => {
    const units = received(await makeStream({ ...shape, codec, bFrames }), codec);
    const endings = bFrames === 0 ? ["mp4", "mkv", "ts"] : ["mp4"];
    const paths = endings.map((ending) => join(directory.path, `${codec}-${bFrames}.${ending}`));
    for (const path of paths) {
      const recording = await record(path, units);
      expect(recording).toMatchObject({ pictures: FRAMES, seconds: expect.closeTo((FRAMES - 1) / 30, 2) });
    }
    const [given, ...files] = (await hashPictures([units, ...paths])) as [HashedPicture[], ...HashedPicture[][]];
    expect(given).toHaveLength(FRAMES);
    for (const file of files) {
      expect(hashesOf(file)).toEqual(hashesOf(given));
      expect(framesShown(file)).toEqual(upTo(FRAMES));
    }
  });

  it("takes the display times of B-frames from the container", async () => {
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
    const [given, file] = (await hashPictures([made, path])) as [HashedPicture[], HashedPicture[]];
    expect(framesShown(file)).toEqual(upTo(20));
    expect(hashesOf(file)).toEqual(hashesOf(given));
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
    expect(framesShown((await hashPictures([path]))[0] as HashedPicture[])).toEqual(upTo(FRAMES));
  });

  it.each(["mjpeg", "vp8"] as const)("refuses %s in a .ts file, which nothing could play", async (codec) => {
    const first: AccessUnit = { codec, data: Buffer.of(1), keyframe: true, receivedAtMs: 0 };
    await expect(Recording.begin(join(directory.path, "a.ts"), first)).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringMatching(new RegExp(`a\\.ts: a \\.ts file cannot hold ${codec}; take \\.mkv`)),
    });
  });

  it("says why the file cannot be written", async () => {
    const units = received(await makeStream({ ...shape, codec: "h264" }), "h264");
    await expect(record(join(directory.path, "no such folder", "a.mp4"), units)).rejects.toMatchObject({
      code: "process-failed",
      message: expect.stringMatching(/a\.mp4 could not be written: .*No such file or directory/),
    });
  });
});
