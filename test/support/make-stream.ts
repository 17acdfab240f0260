import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { counterFilters } from "../../server/cameras/pattern-filter.js";

/** What a test stream looks like. */
export interface MakeStreamOptions {
  codec: "h264" | "h265";
  width: number;
  height: number;
  fps: number;
  frames: number;
  /** Slices in each picture; 1 by default. */
  slices?: number;
  /** B-frames between two others; none by default. */
  bFrames?: number;
  /** Whether access unit delimiters are written; not by default. */
  aud?: boolean;
  /** Pictures from one keyframe to the next; as many as `frames` by default. */
  gop?: number;
}

const run = promisify(execFile);
const made = new Map<string, Promise<Buffer>>();

/**
 * Annex B bytes of a moving test picture whose frames carry their number from 0 on (`readFrameCounter`), encoded by
 * ffmpeg; the same options give the same buffer: do not write to it.
 */
export function makeStream(options: MakeStreamOptions): Promise<Buffer> {
  const key = JSON.stringify(Object.entries(options).sort());
  const stream = made.get(key) ?? encode(options);
  made.set(key, stream);
  return stream;
}

async function encode(options: MakeStreamOptions): Promise<Buffer> {
  const { codec, width, height, fps, frames } = options;
  const picture = [`testsrc2=size=${width}x${height}:rate=${fps}`, ...counterFilters(width, height)].join(",");
  const args = ["-v", "error", "-f", "lavfi", "-i", picture, "-frames:v", String(frames), "-pix_fmt", "yuv420p"];
  args.push("-preset", "ultrafast", ...(codec === "h264" ? h264Arguments(options) : h265Arguments(options)));
  const { stdout } = await run("ffmpeg", [...args, "-f", codec === "h264" ? "h264" : "hevc", "pipe:1"], {
    encoding: "buffer",
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout;
}

function h264Arguments({ frames, slices = 1, bFrames = 0, aud = false, gop = frames }: MakeStreamOptions): string[] {
  const parameters = `threads=1:slices=${slices}:aud=${aud ? 1 : 0}:scenecut=0:b-adapt=0`;
  const tune = bFrames === 0 ? ["-tune", "zerolatency"] : [];
  const gopArguments = ["-g", String(gop), "-bf", String(bFrames)];
  return ["-c:v", "libx264", ...tune, ...gopArguments, "-x264-params", parameters];
}

function h265Arguments({ frames, slices = 1, bFrames = 0, aud = false, gop = frames }: MakeStreamOptions): string[] {
  const shape = `slices=${slices}:aud=${aud ? 1 : 0}:keyint=${gop}:bframes=${bFrames}:b-adapt=0:scenecut=0`;
  // x265 makes several slices only with wavefronts.
  const threads = `pools=1:frame-threads=1:wpp=${slices > 1 ? 1 : 0}:log-level=error`;
  return ["-c:v", "libx265", "-x265-params", `${shape}:open-gop=0:repeat-headers=1:${threads}`];
}
