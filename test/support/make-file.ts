import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a test file looks like: a moving test picture of 320x240 at 30 frames a second. */
export interface MakeFileOptions {
  /** Its ending decides the container. */
  name: string;
  /** Arguments that choose and set up the encoder, such as `["-c:v", "libx264"]`. */
  encoder: readonly string[];
  /** Pictures; 20 by default. */
  frames?: number;
}

/** A directory for a test's files, gone with `await using`. */
export interface FileDirectory extends AsyncDisposable {
  readonly path: string;
  /** Encodes a file; resolves with its path. */
  make(options: MakeFileOptions): Promise<string>;
  /** Encodes several of the same length by one ffmpeg, which takes less time; resolves with their paths. */
  makeAll(files: readonly Omit<MakeFileOptions, "frames">[], frames?: number): Promise<string[]>;
}

/** Makes an empty directory. */
export async function makeFileDirectory(): Promise<FileDirectory> {
  const path = await mkdtemp(join(tmpdir(), "glasslink-test-"));
  const makeAll: FileDirectory["makeAll"] = async (files, frames = 20) => {
    const outputs = files.map(({ name, encoder }) => ({ file: join(path, name), encoder }));
    const length = ["-frames:v", String(frames), "-pix_fmt", "yuv420p"];
    const coding = outputs.flatMap(({ file, encoder }) => [...length, ...encoder, file]);
    await run("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30", ...coding]);
    return outputs.map(({ file }) => file);
  };
  return {
    path,
    makeAll,
    make: async ({ frames, ...file }) => (await makeAll([file], frames))[0] as string,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
