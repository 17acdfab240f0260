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
  /** The same pictures without a container. */
  rawPath: string;
  /** MD5 of each picture's pixels as yuv420p, by its number. */
  hashes: readonly string[];
}

/** Writes such a file into a folder. */
export async function makeTape(folder: string, options: MakeStreamOptions): Promise<Tape> {
  const [rawPath, path] = [join(folder, `tape.${options.codec}`), join(folder, "tape.mkv")];
  await writeFile(rawPath, await makeStream(options));
  const input = ["-framerate", String(options.fps), "-f", options.codec === "h265" ? "hevc" : "h264", "-i", rawPath];
  await run("ffmpeg", ["-v", "error", ...input, "-c", "copy", path]);
  return { path, rawPath, hashes: await hashFile(path) };
}
