import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import type { StreamError } from "../../../lib/errors.js";
import type { Camera, CameraSink } from "../../../server/cameras/camera.js";

/** A camera that does what the test says, when it says so. */
export class StandInCamera implements Camera {
  readonly description = "stand-in camera";
  readonly fps = 30;
  /** How often it was started. */
  runs = 0;
  /** Whether a run is under way. */
  running = false;
  #sink: CameraSink | undefined;
  #end: (error?: StreamError) => void = () => {};
  readonly #awaiting: { runs: number; resolve: () => void }[] = [];

  async run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    this.runs += 1;
    this.running = true;
    this.#sink = sink;
    for (const { runs, resolve } of this.#awaiting) if (runs <= this.runs) resolve();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#end = (error) => (error ? reject(error) : resolve());
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    } finally {
      this.running = false;
    }
  }

  /** Resolves once it has been started so many times. */
  started(runs = 1): Promise<void> {
    if (this.runs >= runs) return Promise.resolve();
    return new Promise((resolve) => this.#awaiting.push({ runs, resolve }));
  }

  /** Gives a picture. */
  publish(unit: AccessUnit, capturedAtUs?: bigint): void {
    this.#sink?.unit(unit, capturedAtUs);
  }

  /** The run fails. */
  crash(error: StreamError): void {
    this.#end(error);
  }

  /** The run ends without an error. */
  finish(): void {
    this.#end();
  }
}
