import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Two pictures of ffmpeg's test source, encoded with any of its encoders. */
export async function encodeWith(options: { filter: string; encoder: string[]; format: string }): Promise<Buffer> {
  const { filter, encoder, format } = options;
  const input = ["-v", "error", "-f", "lavfi", "-i", `testsrc2=${filter}`, "-frames:v", "2"];
  const { stdout } = await run("ffmpeg", [...input, ...encoder, "-f", format, "pipe:1"], {
    encoding: "buffer",
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
