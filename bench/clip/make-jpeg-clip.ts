import { execa } from "execa";
import { locateFfmpeg } from "../../lib/ffmpeg/locate.js";
import { counterFilters } from "../../server/cameras/pattern-filter.js";
import { CLIP_FPS, CLIP_FRAMES, type Size } from "./make-clip.js";

/**
 * Writes five seconds of JPEGs, one behind another, as a camera makes them: moving and a little noisy, 4:2:0 in full range,
 * about 29 kB each at 640x480 and 134 kB at 1920x1080. Each picture's number stands in its pixels.
 */
export async function makeJpegClip(path: string, { width, height }: Size): Promise<void> {
  const source = `testsrc2=size=${width}x${height}:rate=${CLIP_FPS},format=yuvj420p,noise=alls=8:allf=t`;
  const ffmpeg = await locateFfmpeg();
  await execa(ffmpeg.path, [
    ...["-v", "error", "-y", "-f", "lavfi", "-i", [source, ...counterFilters(width, height)].join(",")],
    ...["-frames:v", String(CLIP_FRAMES), "-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-q:v", "5", "-f", "mjpeg", path],
  ]);
}
