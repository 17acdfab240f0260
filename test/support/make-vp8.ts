import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { counterFilters } from "../../server/cameras/pattern-filter.js";

/** What a stream of VP8 looks like. */
export interface MakeVp8Options {
  width: number;
  height: number;
  fps: number;
  frames: number;
  /** Pictures from one keyframe to the next. */
  gop: number;
}

const run = promisify(execFile);
const made = new Map<string, Promise<AccessUnit[]>>();
const FILE_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 12;
/** As senders of live video code it: no picture is held back, and each is shown. */
const LIVE = ["-deadline", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-auto-alt-ref", "0", "-b:v", "2M"];

/**
 * Access units of VP8: a moving test picture whose frames carry their number from 0 on (`readFrameCounter`), encoded by
 * ffmpeg; the same options give the same units: do not write to them.
 */
export function makeVp8(options: MakeVp8Options): Promise<AccessUnit[]> {
  const { width, height, fps, frames, gop } = options;
  const key = [width, height, fps, frames, gop].join(" ");
  const units = made.get(key) ?? encode(options);
  made.set(key, units);
  return units;
}

async function encode({ width, height, fps, frames, gop }: MakeVp8Options): Promise<AccessUnit[]> {
  const picture = [`testsrc2=size=${width}x${height}:rate=${fps}`, ...counterFilters(width, height)].join(",");
  const input = ["-v", "error", "-f", "lavfi", "-i", picture, "-frames:v", String(frames), "-pix_fmt", "yuv420p"];
  const coding = ["-c:v", "libvpx", ...LIVE, "-g", String(gop), "-keyint_min", String(gop), "-f", "ivf", "pipe:1"];
  const { stdout } = await run("ffmpeg", [...input, ...coding], { encoding: "buffer", maxBuffer: 256 * 1024 * 1024 });
  return splitIvf(stdout).map((data) => ({
    ...{ codec: "vp8" as const, data, receivedAtMs: 0 },
    keyframe: ((data[0] as number) & 1) === 0,
  }));
}

function splitIvf(file: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = FILE_HEADER_BYTES; at < file.length; ) {
    const start = at + FRAME_HEADER_BYTES;
    at = start + file.readUInt32LE(at);
    frames.push(file.subarray(start, at));
  }
  return frames;
}
