import type { AccessUnit } from "../../lib/codecs/access-unit.js";

/** Where a camera puts its pictures. */
export interface CameraSink {
  /** One whole access unit, still without a stamp. `capturedAtUs`: wall clock at the sensor, where the camera tells. */
  unit(unit: AccessUnit, capturedAtUs?: bigint): void;
  /** The program that makes the pictures starts now: what the camera had to find out before counts no more. */
  starts?(): void;
}

/**
 * One way of getting coded pictures on this machine. It never retries: `run` starts it once and stays until it ends.
 * Only the Sender starts it again.
 */
export interface Camera {
  /** One line for people: what it is and how it runs. */
  readonly description: string;
  /** Frames a second that it was asked for. */
  readonly fps: number;
  /**
   * Runs until `signal` aborts (then it resolves) or the camera fails (then it rejects).
   * When the promise settles, every child of this run is gone.
   * @throws StreamError `camera-missing`, `process-failed`, `unsupported`, `invalid-option`
   */
  run(sink: CameraSink, signal: AbortSignal): Promise<void>;
}
