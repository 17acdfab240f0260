const WINDOW_MS = 2_000;

/** Pictures a second over the last two seconds. */
export class FrameRate {
  #times: number[] = [];

  /** A picture was drawn at this monotonic time, in milliseconds. */
  add(nowMs: number): void {
    this.#times.push(nowMs);
    this.#forget(nowMs);
  }

  at(nowMs: number): number {
    this.#forget(nowMs);
    const [first] = this.#times;
    const last = this.#times.at(-1);
    if (first === undefined || last === undefined || last <= first) return 0;
    // While they come, the time since the last one tells nothing; when they stopped, it does.
    const intervalMs = (last - first) / (this.#times.length - 1);
    return 1_000 / Math.max(intervalMs, (nowMs - first) / this.#times.length);
  }

  #forget(nowMs: number): void {
    while ((this.#times[0] ?? nowMs) < nowMs - WINDOW_MS) this.#times.shift();
  }
}
