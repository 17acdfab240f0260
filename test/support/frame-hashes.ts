import { execFile, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { fourccOf } from "../../lib/codecs/fourcc.js";
import { ivfFrameHeader, ivfHeader } from "../../lib/codecs/ivf.js";

const run = promisify(execFile);
const HASHES = ["-fps_mode", "passthrough", "-f", "framemd5", "pipe:1"];

/** The hash of every picture of a file, in display order, as ffmpeg decodes it. */
export async function hashFile(path: string): Promise<string[]> {
  const { stdout } = await run("ffmpeg", ["-v", "error", "-i", path, "-map", "0:V:0", ...HASHES]);
  return hashes(stdout);
}

/** The hash of every picture that access units decode to, in display order; they go to ffmpeg as IVF. */
export async function hashUnits(units: readonly AccessUnit[]): Promise<string[]> {
  const [first] = units;
  if (first === undefined) return [];
  const codec = first.codec === "h265" ? ["-c:v", "hevc"] : [];
  const child = spawn("ffmpeg", ["-v", "error", ...codec, "-f", "ivf", "-i", "pipe:0", ...HASHES], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.write(ivfHeader({ fourcc: fourccOf(first), ...(first.size ?? { width: 0, height: 0 }) }));
  for (const [index, { data }] of units.entries()) {
    child.stdin.write(ivfFrameHeader(data.length, BigInt(index * 33_333)));
    child.stdin.write(data);
  }
  child.stdin.end();
  return hashes(await text(child.stdout));
}

/** The last column of ffmpeg's framemd5. */
function hashes(report: string): string[] {
  const lines = report.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => line.slice(line.lastIndexOf(",") + 1).trim());
}
