import type { Clock } from "../lib/clock.js";

/** How much of {@link EventBudget} there is. */
export interface EventBudgetOptions {
  /** So many at once. */
  burst: number;
  /** So many more every second. */
  perSecond: number;
}

/** Bounds how often somebody may do something. */
export class EventBudget {
  readonly #clock: Clock;
  readonly #options: EventBudgetOptions;
  #left: number;
  #atMs: number;

  constructor(clock: Clock, options: EventBudgetOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#left = options.burst;
    this.#atMs = clock.now();
  }

  /** Takes one; false: it is used up. */
  take(): boolean {
    const { burst, perSecond } = this.#options;
    const nowMs = this.#clock.now();
    this.#left = Math.min(burst, this.#left + ((nowMs - this.#atMs) * perSecond) / 1_000);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
