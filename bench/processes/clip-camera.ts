import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { Camera, CameraSink } from "../../server/cameras/camera.js";
import { monotonicMs } from "../monotonic.js";

/** A picture's number and when it was handed over for sending, in milliseconds of the monotonic clock. */
export type Written = [counter: number, atMs: number];

const MOST_LOGGED = 6_000;

/** Plays a clip again and again, each picture at its time from the start, and notes when it handed it over. */
export class ClipCamera implements Camera {
  readonly description: string;
  readonly fps: number;
  readonly #units: readonly AccessUnit[];
  readonly #beforeUnit: (unit: AccessUnit) => void;
  #log: Written[] = [];

  /** `beforeUnit` is given each picture first: for a second way of sending, of the same picture at the same time. */
  constructor(options: { units: readonly AccessUnit[]; fps: number; beforeUnit: (unit: AccessUnit) => void }) {
    this.#units = options.units;
    this.fps = options.fps;
    this.#beforeUnit = options.beforeUnit;
    this.description = `a clip of ${options.units.length} pictures`;
  }

  /** The last pictures, oldest first. */
  get log(): readonly Written[] {
    return this.#log;
  }

  async run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    const startMs = monotonicMs();
    await new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      let sent = 0;
      const next = (): void => {
        this.#publish(sent++, sink);
        const dueMs = startMs + (sent * 1000) / this.fps;
        timer = setTimeout(next, Math.max(0, dueMs - monotonicMs()));
      };
      const stop = (): void => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener("abort", stop, { once: true });
      next();
    });
  }

  #publish(index: number, sink: CameraSink): void {
    const counter = index % this.#units.length;
    const unit = { ...(this.#units[counter] as AccessUnit), receivedAtMs: performance.now() };
    if (this.#log.length >= MOST_LOGGED) this.#log = this.#log.slice(-MOST_LOGGED / 2);
    // Before, not after: a process that is put aside between the write and the reading of the clock would flatter us.
    this.#log.push([counter, monotonicMs()]);
    this.#beforeUnit(unit);
    sink.unit(unit);
  }
}
