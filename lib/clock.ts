import { performance } from "node:perf_hooks";

/** A pending callback; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** Time, injected so that tests can turn its hands. */
export interface Clock {
  /** Monotonic milliseconds, for intervals. Its zero means nothing. */
  now(): number;
  /** Milliseconds since the epoch, only for what crosses a wire. */
  wallNow(): number;
  /** Runs `callback` once after `delayMs`. The timer never keeps the process alive by itself. */
  after(delayMs: number, callback: () => void): Timer;
  /** Runs `callback` every `intervalMs`. The timer never keeps the process alive by itself. */
  every(intervalMs: number, callback: () => void): Timer;
}

let wallOffsetMs = performance.timeOrigin;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  // Date.now() follows the wall clock but drops the microseconds; the monotonic clock has them but drifts away from it.
  wallNow() {
    const monotonicMs = performance.now();
    const wholeMs = Date.now();
    const wallMs = Math.min(Math.max(monotonicMs + wallOffsetMs, wholeMs), wholeMs + 0.999);
    wallOffsetMs = wallMs - monotonicMs;
    return wallMs;
  },
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(intervalMs, callback) {
    const timer = setInterval(callback, intervalMs).unref();
    return { cancel: () => clearInterval(timer) };
  },
};
