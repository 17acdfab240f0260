import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll } from "vitest";
import type { NalCodecName } from "../../lib/codecs/nal-codec.js";
import { hashFile } from "./frame-hashes.js";
import { type MakeStreamOptions, makeStream } from "./make-stream.js";
import { peerFolder } from "./peer-folder.js";
import { PICTURE } from "./peer-pictures.js";
import { TAPE_LENGTH } from "./peer-sender.js";

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
  const [rawPath, path] = [join(folder, `tape.${options.codec}`), join(folder, `tape.${options.codec}.mkv`)];
  await writeFile(rawPath, await makeStream(options));
  const input = ["-framerate", String(options.fps), "-f", options.codec === "h265" ? "hevc" : "h264", "-i", rawPath];
  await run("ffmpeg", ["-v", "error", ...input, "-c", "copy", path]);
  return { path, rawPath, hashes: await hashFile(path) };
}

/** Gives the one tape of each codec that all tests of a file share, made when it is first asked for. */
export async function sharedTapes(): Promise<(codec: NalCodecName) => Promise<Tape>> {
  const folder = await peerFolder(afterAll);
  const tapes = new Map<NalCodecName, Promise<Tape>>();
  return (codec) => {
    const tape = tapes.get(codec) ?? makeTape(folder, { codec, ...PICTURE, frames: TAPE_LENGTH });
    tapes.set(codec, tape);
    return tape;
  };
}
