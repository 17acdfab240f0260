import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { fourccOf } from "../../lib/codecs/fourcc.js";
import { ivfFrameHeader, ivfHeader } from "../../lib/codecs/ivf.js";

/** A file, or access units, which go to ffmpeg as IVF. */
export type Hashable = string | readonly AccessUnit[];

/** One picture as ffmpeg decodes it. */
export interface HashedPicture {
  hash: string;
  /** When it is shown. */
  seconds: number;
}

const run = promisify(execFile);
const PASS = ["-fps_mode", "passthrough"];

/**
 * Every picture of each, in display order, as ffmpeg decodes it. One ffmpeg for all: to start one for each takes longer
 * than to decode.
 */
export async function hashPictures(things: readonly Hashable[]): Promise<HashedPicture[][]> {
  const folder = await mkdtemp(join(tmpdir(), "glasslink-hashes-"));
  try {
    const inputs = await Promise.all(things.map((thing, index) => inputOf(thing, join(folder, `${index}.ivf`))));
    const reports = things.map((_thing, index) => join(folder, `${index}.md5`));
    const outputs = reports.map((report, index) => ["-map", `${index}:V:0`, ...PASS, "-f", "framemd5", report]);
    await run("ffmpeg", ["-v", "error", ...inputs.flat(), ...outputs.flat()]);
    return await Promise.all(reports.map(async (report) => pictures(await readFile(report, "utf8"))));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The hash of every picture of each. */
export async function hashAll(things: readonly Hashable[]): Promise<string[][]> {
  return (await hashPictures(things)).map((pictures) => pictures.map(({ hash }) => hash));
}

/** The hash of every picture of a file. */
export async function hashFile(path: string): Promise<string[]> {
  return (await hashAll([path]))[0] as string[];
}

/** The hash of every picture that access units decode to. */
export async function hashUnits(units: readonly AccessUnit[]): Promise<string[]> {
  return units.length === 0 ? [] : ((await hashAll([units]))[0] as string[]);
}

/** The arguments that open it. */
async function inputOf(thing: Hashable, path: string): Promise<string[]> {
  if (typeof thing === "string") return ["-i", thing];
  const [first] = thing as readonly [AccessUnit];
  const frames = thing.flatMap(({ data }, index) => [ivfFrameHeader(data.length, BigInt(index * 33_333)), data]);
  const header = ivfHeader({ fourcc: fourccOf(first), ...(first.size ?? { width: 0, height: 0 }) });
  await writeFile(path, Buffer.concat([header, ...frames]));
  return [...(first.codec === "h265" ? ["-c:v", "hevc"] : []), "-f", "ivf", "-i", path];
}

/** The rows of ffmpeg's framemd5: stream, dts, pts, duration, size, hash. */
function pictures(report: string): HashedPicture[] {
  const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/m.exec(report) ?? [];
  const rows = report.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return rows.map((row) => {
    const columns = row.split(",").map((column) => column.trim());
    return { hash: columns.at(-1) as string, seconds: (Number(columns[2]) * Number(numerator)) / Number(denominator) };
  });
}
