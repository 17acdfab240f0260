/** Writes this close together are remembered as one, which bounds what is kept by time. */
const GRAIN_MS = 10;

/**
 * Remembers when which byte was written, so that the age of the oldest byte that has not arrived is known. Whoever
 * writes stops when that age exceeds its limit: so it keeps at most one entry for each 10 ms of the limit.
 */
export class Backlog {
  readonly #entries: { end: number; atMs: number }[] = [];
  #written = 0;
  #arrived = 0;

  /** Bytes written since the start. */
  get written(): number {
    return this.#written;
  }

  /** Bytes written that have not arrived, as far as is known. */
  get waiting(): number {
    return this.#written - this.#arrived;
  }

  /** `bytes` more were written at `nowMs`. */
  wrote(bytes: number, nowMs: number): void {
    this.#written += bytes;
    const last = this.#entries.at(-1);
    if (last && nowMs - last.atMs < GRAIN_MS) last.end = this.#written;
    else this.#entries.push({ end: this.#written, atMs: nowMs });
  }

  /** The first `bytes` of all that was written have arrived; a smaller number than before is passed over. */
  arrived(bytes: number): void {
    this.#arrived = Math.max(this.#arrived, Math.min(bytes, this.#written));
    while (this.#entries[0] && this.#entries[0].end <= this.#arrived) this.#entries.shift();
  }

  /** How long the oldest byte that has not arrived has waited, in milliseconds; 0 where all have. */
  ageMs(nowMs: number): number {
    const oldest = this.#entries[0];
    return oldest ? nowMs - oldest.atMs : 0;
  }
}
