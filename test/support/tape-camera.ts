import { systemClock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { Camera, CameraSink } from "../../server/index.js";

/** A camera that plays given pictures over and over in real time, and notes when each was handed out. */
export class TapeCamera implements Camera {
  readonly description = "tape";
  readonly fps: number;
  /** When the picture with this index was last handed out, monotonic milliseconds. */
  readonly playedAtMs: number[] = [];
  readonly #units: readonly AccessUnit[];

  constructor(units: readonly AccessUnit[], fps: number) {
    this.#units = units;
    this.fps = fps;
  }

  run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    let index = 0;
    const timer = systemClock.every(1_000 / this.fps, () => {
      const receivedAtMs = systemClock.now();
      this.playedAtMs[index] = receivedAtMs;
      sink.unit({ ...(this.#units[index] as AccessUnit), receivedAtMs });
      index = (index + 1) % this.#units.length;
    });
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        timer.cancel();
        resolve();
      });
    });
  }
}
