import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";

/** Runs ffmpeg with `input` on its stdin; gives what it writes to stdout. A failure or any complaint on stderr rejects. */
export async function ffmpeg(args: readonly string[], input: Buffer): Promise<Buffer> {
  const child = spawn("ffmpeg", ["-v", "error", "-nostdin", ...args], { stdio: "pipe" });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const exited = new Promise((resolve) => child.on("close", resolve));
  const [output, complaint] = await Promise.all([buffer(child.stdout), buffer(child.stderr), exited]);
  if (child.exitCode !== 0 || complaint.length > 0) throw new Error(`ffmpeg ${args.join(" ")}: ${complaint}`);
  return output;
}

/** The checksums of all pictures, in order of showing, of a stream in the given format. */
export async function pictureChecksums(format: string, input: Buffer): Promise<string[]> {
  const text = (
    await ffmpeg(["-f", format, "-i", "pipe:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"], input)
  ).toString();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => line.split(",").at(-1)?.trim() ?? "");
}
