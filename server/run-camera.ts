import type { Clock } from "../lib/clock.js";
import type { AccessUnit } from "../lib/codecs/access-unit.js";
import { StreamError } from "../lib/errors.js";
import type { Attempt } from "../lib/keep-running.js";
import type { Camera } from "./cameras/camera.js";
import { StallWatch } from "./stall-watch.js";

/** A camera, how long it may be silent, and where its units go. */
export interface CameraRunOptions {
  camera: Camera;
  clock: Clock;
  /** Limit in milliseconds until the first picture, and before that for what the camera has to find out. */
  startTimeoutMs: number;
  /** Limit in milliseconds between pictures. */
  stallTimeoutMs: number;
  onUnit(unit: AccessUnit, capturedAtUs?: bigint): void;
}

/** One run of a camera: from its first keyframe on, until it fails, goes silent or is stopped. */
export async function runCamera(options: CameraRunOptions, attempt: Attempt): Promise<void> {
  const { camera, clock, startTimeoutMs, stallTimeoutMs, onUnit } = options;
  const watchFor = (timeoutMs: number, what: string): StallWatch =>
    new StallWatch({
      clock,
      timeoutMs,
      onStall: () => attempt.fail(new StreamError("stalled", `${camera.description}: ${what} for ${timeoutMs} ms`)),
    });
  let watch = watchFor(startTimeoutMs, "started, but gave no keyframe");
  let flowing = false;
  const unit = (accessUnit: AccessUnit, capturedAtUs?: bigint): void => {
    if (attempt.signal.aborted) return;
    if (!flowing) {
      // What precedes the first keyframe refers to pictures that nobody has.
      if (!accessUnit.keyframe) return;
      flowing = true;
      attempt.flowing();
      watch.stop();
      watch = watchFor(stallTimeoutMs, "no picture");
    }
    watch.alive();
    onUnit(accessUnit, capturedAtUs);
  };
  try {
    await camera.run({ unit, starts: () => watch.alive() }, attempt.signal);
  } finally {
    watch.stop();
  }
}
