import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { fixturePath } from "./fixture-path.js";

const CHANNELS = 4;
const run = promisify(execFile);

/** A picture's size and pixels. */
export interface Pixels {
  width: number;
  height: number;
  /** rgba, rows top to bottom without padding. */
  data: Buffer;
}

/** A picture of a file, by ffmpeg: what Chromium writes is read by somebody else. */
export async function readPicture(path: string): Promise<Pixels> {
  const shape = ["-v", "error", "-select_streams", "v", "-show_entries", "stream=width,height", "-of", "csv=p=0", path];
  const [width = 0, height = 0] = (await run("ffprobe", shape)).stdout.trim().split(",").map(Number);
  const args = ["-v", "error", "-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1"];
  const { stdout } = await run("ffmpeg", args, { encoding: "buffer", maxBuffer: 64 * 1024 * 1024 });
  return { width, height, data: stdout };
}

/**
 * The picture that is kept in test/fixtures/page under this name. Where there is none, what is seen now is kept, and it
 * throws: somebody must look at it first.
 */
export async function referencePicture(name: string, seen: Pixels): Promise<Buffer> {
  const path = fixturePath(`page/${name}.png`);
  if (existsSync(path)) return (await readPicture(path)).data;
  const { width, height, data } = seen;
  const shape = ["-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", `${width}x${height}`, "-i", "pipe:0"];
  execFileSync("ffmpeg", ["-v", "error", ...shape, "-pix_fmt", "rgb24", path], { input: data });
  throw new Error(`there was no ${path}: it is what is seen now; look at it, and run the test again`);
}

/**
 * How much two pictures of the same size differ: 0 to 255, on average of all colours, after each was made four times
 * smaller, so that letters that are drawn a little differently count little.
 */
export function difference(one: Buffer, other: Buffer, width: number): number {
  if (one.length !== other.length) throw new Error("the pictures are not of the same size");
  const [a, b] = [shrunk(one, width), shrunk(other, width)];
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}

const SHRINK = 4;

function shrunk(picture: Buffer, width: number): number[] {
  const height = picture.length / CHANNELS / width;
  const means: number[] = [];
  for (let top = 0; top + SHRINK <= height; top += SHRINK) {
    for (let left = 0; left + SHRINK <= width; left += SHRINK) {
      for (let channel = 0; channel < 3; channel++) means.push(meanOf(picture, { width, top, left, channel }));
    }
  }
  return means;
}

function meanOf(
  picture: Buffer,
  { width, top, left, channel }: { width: number; top: number; left: number; channel: number },
): number {
  let sum = 0;
  for (let y = top; y < top + SHRINK; y++) {
    for (let x = left; x < left + SHRINK; x++) sum += picture[(y * width + x) * CHANNELS + channel] as number;
  }
  return sum / SHRINK ** 2;
}
