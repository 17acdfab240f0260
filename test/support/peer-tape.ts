import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { hashFile } from "./frame-hashes.js";
import { type MakeStreamOptions, makeStream } from "./make-stream.js";

const run = promisify(execFile);

/** A video file of numbered pictures. */
export interface Tape {
  path: string;
  /** MD5 of each picture's pixels as yuv420p, by its number. */
  hashes: readonly string[];
}

/** Writes such a file into a folder. */
export async function makeTape(folder: string, options: MakeStreamOptions): Promise<Tape> {
  const [bytes, path] = [join(folder, `tape.${options.codec}`), join(folder, "tape.mkv")];
  await writeFile(bytes, await makeStream(options));
  const input = ["-framerate", String(options.fps), "-f", options.codec === "h265" ? "hevc" : "h264", "-i", bytes];
  await run("ffmpeg", ["-v", "error", ...input, "-c", "copy", path]);
  return { path, hashes: await hashFile(path) };
}
