import { execa } from "execa";
import { locateFfmpeg } from "../../lib/ffmpeg/locate.js";
import { counterFilters } from "../../server/cameras/pattern-filter.js";

/** Pictures in a clip; the bench sender starts again behind the last, and numbers follow suit. */
export const CLIP_FRAMES = 150;
/** Pictures a second. */
export const CLIP_FPS = 30;

/** Pixels of every picture. */
export interface Size {
  width: number;
  height: number;
}

/** Bits a second that suit a camera of this size: 2 Mbit/s at 640x480, 8 Mbit/s from 1280x720 on. */
export function clipBitrate({ width, height }: Size): number {
  return width * height <= 640 * 480 ? 2_000_000 : 8_000_000;
}

/**
 * Writes five seconds of H.264 as a camera makes it: moving, a little noisy so that the bits are really used, one
 * keyframe a second, one slice a picture, no B-frames, no delimiters. Each picture's number stands in its pixels.
 */
export async function makeClip(path: string, size: Size): Promise<void> {
  const { width, height } = size;
  const source = `testsrc2=size=${width}x${height}:rate=${CLIP_FPS},format=yuv420p,noise=alls=10:allf=t`;
  const bitrate = String(clipBitrate(size));
  const ffmpeg = await locateFfmpeg();
  await execa(ffmpeg.path, [
    ...["-v", "error", "-y", "-f", "lavfi", "-i", [source, ...counterFilters(width, height)].join(",")],
    ...["-frames:v", String(CLIP_FRAMES), "-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency"],
    ...["-threads", "1", "-g", String(CLIP_FPS), "-b:v", bitrate, "-maxrate", bitrate, "-bufsize", bitrate],
    ...["-x264-params", "repeat-headers=1:scenecut=0", "-f", "h264", path],
  ]);
}
