import type { Clock, Timer } from "../lib/clock.js";

const TICKS = 8;

/** How long a silence may last, and who is told. */
export interface StallWatchOptions {
  clock: Clock;
  timeoutMs: number;
  onStall(): void;
}

/**
 * Notices that something which should happen again and again has stopped. It counts ticks of its own timer, not time:
 * while this process itself is held up there are no ticks, so that its own pauses are not taken for silence.
 */
export class StallWatch {
  #ticks = 0;
  readonly #timer: Timer;

  constructor({ clock, timeoutMs, onStall }: StallWatchOptions) {
    this.#timer = clock.every(timeoutMs / TICKS, () => {
      this.#ticks += 1;
      if (this.#ticks < TICKS) return;
      this.stop();
      onStall();
    });
  }

  /** It happened again. */
  alive(): void {
    this.#ticks = 0;
  }

  /** Ends the watch; idempotent. */
  stop(): void {
    this.#timer.cancel();
  }
}
