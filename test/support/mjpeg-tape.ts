import { systemClock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { MjpegRouteOptions } from "../../server/web/mjpeg-route.js";
import { MjpegStage } from "../server/web/support/mjpeg-stage.js";
import type { Finished } from "./peer-program.js";

/** A camera behind the MJPEG route that plays given pictures over and over. */
export interface MjpegTape {
  stage: MjpegStage;
  /** When the picture with this index was last published, milliseconds since the epoch. */
  playedAtMs: readonly number[];
}

/** Plays the pictures in real time until the test is over. */
export async function playMjpegTape(
  units: readonly AccessUnit[],
  { fps, ...options }: Partial<MjpegRouteOptions> & { fps: number },
  finished: Finished,
): Promise<MjpegTape> {
  const stage = await MjpegStage.set(systemClock, options);
  const camera = stage.camera();
  const playedAtMs: number[] = [];
  let index = 0;
  const timer = systemClock.every(1_000 / fps, () => {
    playedAtMs[index] = systemClock.wallNow();
    camera.unit({ ...(units[index] as AccessUnit), receivedAtMs: systemClock.now() });
    index = (index + 1) % units.length;
  });
  finished(async () => {
    timer.cancel();
    await stage[Symbol.asyncDispose]();
  });
  return { stage, playedAtMs };
}
