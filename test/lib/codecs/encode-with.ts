import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { makeFileDirectory } from "../../support/make-file.js";

const run = promisify(execFile);

/** Two pictures of ffmpeg's test source, encoded with any of its encoders. */
export interface EncodeWithOptions {
  /** Of the test source, such as `size=64x64`. */
  filter: string;
  encoder: readonly string[];
  format: string;
}

/** What one encoder makes. */
export async function encodeWith(options: EncodeWithOptions): Promise<Buffer> {
  return (await encodeAll([options]))[0] as Buffer;
}

/** What each makes; all by one ffmpeg, since to start one takes longer than to encode two pictures. */
export async function encodeAll(encodings: readonly EncodeWithOptions[]): Promise<Buffer[]> {
  await using directory = await makeFileDirectory();
  // A source without an end keeps ffmpeg busy when another output is done.
  const inputs = encodings.flatMap(({ filter }) => ["-t", "0.2", "-f", "lavfi", "-i", `testsrc2=${filter}`]);
  const paths = encodings.map((_, index) => `${directory.path}/${index}`);
  const outputs = encodings.flatMap(({ encoder, format }, index) => [
    ...["-map", `${index}:v`, "-frames:v", "2", ...encoder, "-f", format, paths[index] as string],
  ]);
  await run("ffmpeg", ["-v", "error", ...inputs, ...outputs]);
  return Promise.all(paths.map((path) => readFile(path)));
}
