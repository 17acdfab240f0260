import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { counterFilters } from "../../server/cameras/pattern-filter.js";

/** What the JPEGs look like. */
export interface MakeJpegsOptions {
  width: number;
  height: number;
  /** Pictures. */
  frames: number;
  /** ffmpeg's; yuvj420p by default. */
  pixelFormat?: string;
  /** Arguments for ffmpeg's encoder; by default those that make it use the standard Huffman tables. */
  encoder?: readonly string[];
}

const run = promisify(execFile);
const START_OF_IMAGE = Buffer.of(0xff, 0xd8, 0xff);
const STANDARD_TABLES = ["-huffman", "default"];

/** Makes ffmpeg's encoder put a restart marker behind each row of MCUs. */
export const WITH_RESTARTS = [...STANDARD_TABLES, "-threads", "2", "-thread_type", "slice", "-slices", "4"];

/** A moving test picture whose frames carry their number from 0 on (`readFrameCounter`), as JPEGs made by ffmpeg. */
export async function makeJpegs(options: MakeJpegsOptions): Promise<Buffer[]> {
  const { width, height, frames, pixelFormat = "yuvj420p", encoder = STANDARD_TABLES } = options;
  const picture = [`testsrc2=size=${width}x${height}:rate=30`, ...counterFilters(width, height)].join(",");
  const input = ["-v", "error", "-f", "lavfi", "-i", picture, "-frames:v", String(frames), "-pix_fmt", pixelFormat];
  const args = [...input, "-c:v", "mjpeg", "-q:v", "4", ...encoder, "-f", "mjpeg", "pipe:1"];
  const { stdout } = await run("ffmpeg", args, { encoding: "buffer", maxBuffer: 256 * 1024 * 1024 });
  return splitJpegs(stdout);
}

/** The JPEGs of a stream of nothing else, without thumbnails in them. */
export function splitJpegs(stream: Buffer): Buffer[] {
  const jpegs: Buffer[] = [];
  for (let start = 0, next = 0; start < stream.length; start = next) {
    next = stream.indexOf(START_OF_IMAGE, start + 1);
    if (next < 0) next = stream.length;
    jpegs.push(stream.subarray(start, next));
  }
  return jpegs;
}

/** Access units of JPEGs. */
export function jpegUnits(jpegs: readonly Buffer[]): AccessUnit[] {
  return jpegs.map((data) => ({ codec: "mjpeg", data, keyframe: true, receivedAtMs: 0 }));
}
