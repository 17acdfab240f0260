import type { Clock } from "../../lib/clock.js";

/** So much may go out at once of what was not used before. */
const BURST_MS = 100;

/**
 * Bounds what goes out to all clients together. A frame goes whole as long as anything is left: what it takes too much
 * is made up for before the next, so that the bound holds and yet no frame is too large for it.
 */
export class EgressBudget {
  readonly #clock: Clock;
  readonly #bytesPerMs: number;
  #left: number;
  #atMs: number;

  /** @param maxMbps millions of bits a second, of the datagrams' contents */
  constructor(clock: Clock, maxMbps: number) {
    this.#clock = clock;
    this.#bytesPerMs = (maxMbps * 1_000_000) / 8 / 1_000;
    this.#left = this.#bytesPerMs * BURST_MS;
    this.#atMs = clock.now();
  }

  /** Takes so many bytes; false: nothing is left, and nothing may be sent. */
  take(bytes: number): boolean {
    const nowMs = this.#clock.now();
    const gained = (nowMs - this.#atMs) * this.#bytesPerMs;
    this.#left = Math.min(this.#bytesPerMs * BURST_MS, this.#left + gained);
    this.#atMs = nowMs;
    if (this.#left <= 0) return false;
    this.#left -= bytes;
    return true;
  }
}
