import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFfmpegSource } from "../../../lib/sources/ffmpeg.js";
import { hashAll } from "../../support/frame-hashes.js";
import { type FileDirectory, makeFileDirectory } from "../../support/make-file.js";
import { runSource, type SourceRun, sourceContext } from "../../support/run-source.js";

const X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"];
const X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=10:log-level=error"];
const CASES = [
  { name: "h264.mp4", codec: "h264", keyframes: 2, encoder: [...X264, "-bf", "0"] },
  { name: "h264-b-frames.mp4", codec: "h264", keyframes: 2, encoder: [...X264, "-bf", "2"] },
  { name: "h264.mkv", codec: "h264", keyframes: 2, encoder: [...X264, "-bf", "0"] },
  { name: "h264.flv", codec: "h264", keyframes: 2, encoder: [...X264, "-bf", "0"] },
  { name: "h264.ts", codec: "h264", keyframes: 2, encoder: [...X264, "-bf", "0"] },
  { name: "h265.mp4", codec: "h265", keyframes: 2, encoder: X265 },
  { name: "h265.ts", codec: "h265", keyframes: 2, encoder: X265 },
  { name: "mjpeg.avi", codec: "mjpeg", keyframes: 20, encoder: ["-c:v", "mjpeg", "-q:v", "4"] },
  { name: "vp8.webm", codec: "vp8", keyframes: 2, encoder: ["-c:v", "libvpx", "-g", "10", "-deadline", "realtime"] },
  {
    name: "vp9.webm",
    codec: "vp9",
    keyframes: 2,
    encoder: ["-c:v", "libvpx-vp9", "-g", "10", "-deadline", "realtime"],
  },
  {
    name: "av1.mkv",
    codec: "av1",
    keyframes: 2,
    encoder: ["-c:v", "libaom-av1", "-g", "10", "-usage", "realtime", "-cpu-used", "8"],
  },
  { name: "mpeg4.avi", codec: "other", keyframes: 2, encoder: ["-c:v", "mpeg4", "-g", "10", "-q:v", "4"] },
  { name: "mpeg4.mp4", codec: "other", keyframes: 2, encoder: ["-c:v", "mpeg4", "-g", "10", "-q:v", "4"] },
  {
    name: "mpeg2.ts",
    codec: "other",
    keyframes: 2,
    encoder: ["-c:v", "mpeg2video", "-g", "10", "-bf", "0", "-q:v", "4"],
  },
  { name: "raw.avi", codec: "other", keyframes: 20, encoder: ["-c:v", "rawvideo", "-pix_fmt", "yuyv422"] },
] as const;

/** Sources under way at a time. */
const AT_ONCE = 4;

describe("files by ffmpeg", () => {
  let directory: FileDirectory;
  const runs: SourceRun[] = [];
  let given: string[][];
  let inFile: string[][];

  beforeAll(async () => {
    directory = await makeFileDirectory();
    const files = await directory.makeAll(CASES);
    for (let first = 0; first < files.length; first += AT_ONCE) {
      const sources = files.slice(first, first + AT_ONCE).map((file) => openFfmpegSource(file, sourceContext()));
      runs.push(...(await Promise.all(sources.map((source) => runSource(source)))));
    }
    const hashes = await hashAll([...runs.map(({ units }) => units), ...files]);
    [given, inFile] = [hashes.slice(0, files.length), hashes.slice(files.length)];
  }, 120_000);
  afterAll(() => directory[Symbol.asyncDispose]());

  it.each(CASES.map((file, index) => ({ ...file, index })))(
    "gives every picture of $name as it is in the file",
    ({ codec, keyframes, index }) => {
      const run = runs[index] as SourceRun;
      expect(run.error?.code).toBe("stream-ended");
      expect(run.units.map((unit) => unit.codec)).toEqual(Array(20).fill(codec));
      expect(run.units.filter((unit) => unit.keyframe)).toHaveLength(keyframes);
      expect(run.units[0]?.keyframe).toBe(true);
      expect(given[index]).toHaveLength(20);
      expect(given[index]).toEqual(inFile[index]);
      expect(run).toMatchObject({ lost: 0, discarded: 0, connected: [{ sameClock: false }] });
    },
  );
});
