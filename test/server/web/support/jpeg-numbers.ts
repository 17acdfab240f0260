import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { readFrameCounter } from "../../../../server/cameras/frame-counter.js";

/** The numbers in the pixels of JPEGs of one size, decoded by ffmpeg. */
export async function jpegNumbers(
  jpegs: readonly Buffer[],
  { width, height }: { width: number; height: number },
): Promise<(number | undefined)[]> {
  const args = ["-v", "error", "-f", "mjpeg", "-i", "pipe:0", "-fps_mode", "passthrough"];
  const child = spawn("ffmpeg", [...args, "-pix_fmt", "gray", "-f", "rawvideo", "pipe:1"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(Buffer.concat(jpegs));
  const pixels = await buffer(child.stdout);
  const bytes = width * height;
  const pictures = Array.from({ length: pixels.length / bytes }, (_, index) => pixels.subarray(index * bytes));
  return pictures.map((picture) => readFrameCounter(picture, width, height, 1));
}
