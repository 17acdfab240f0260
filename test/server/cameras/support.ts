import { spawnSync } from "node:child_process";
import { systemClock } from "../../../lib/clock.js";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { silentLogger } from "../../../lib/logger.js";
import type { Camera } from "../../../server/cameras/camera.js";
import type { CameraContext } from "../../../server/cameras/camera-context.js";
import { readFrameCounter } from "../../../server/cameras/frame-counter.js";

export const context: CameraContext = { clock: systemClock, logger: silentLogger };

/** One access unit as the camera gave it. */
export interface Taken {
  unit: AccessUnit;
  capturedAtUs: bigint | undefined;
  /** Wall clock when it came. */
  atUs: bigint;
}

/** Runs a camera until it gave `count` access units, and waits until its child is gone. */
export async function takeUnits(camera: Camera, count: number): Promise<Taken[]> {
  const taken: Taken[] = [];
  const stop = new AbortController();
  const sink = {
    unit(unit: AccessUnit, capturedAtUs?: bigint): void {
      if (taken.length < count) taken.push({ unit, capturedAtUs, atUs: BigInt(Date.now()) * 1000n });
      if (taken.length === count) stop.abort();
    },
  };
  await camera.run(sink, stop.signal);
  return taken;
}

/** Pictures of a coded stream as rgb24, decoded by ffmpeg and scaled to `width` x `height`. */
export function decodePictures(units: readonly AccessUnit[], size: { width: number; height: number }): Buffer[] {
  const codec = units[0]?.codec ?? "h264";
  const format = codec === "h265" ? "hevc" : codec;
  const filter = `scale=${size.width}:${size.height}`;
  const { stdout } = spawnSync(
    "ffmpeg",
    ["-v", "error", "-f", format, "-i", "-", "-vf", filter, "-fps_mode", "passthrough", "-f", "rawvideo"].concat([
      ...["-pix_fmt", "rgb24", "-"],
    ]),
    { input: Buffer.concat(units.map((unit) => unit.data)), maxBuffer: 2 ** 30 },
  );
  const length = size.width * size.height * 3;
  return Array.from({ length: Math.floor(stdout.length / length) }, (_, index) =>
    stdout.subarray(index * length, (index + 1) * length),
  );
}

/** The frame counters in the pictures of a coded stream. */
export function decodeCounters(
  units: readonly AccessUnit[],
  size = { width: 320, height: 240 },
): (number | undefined)[] {
  return decodePictures(units, size).map((pixels) => readFrameCounter(pixels, size.width, size.height));
}

/** The numbers from 0 to `count` - 1. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
