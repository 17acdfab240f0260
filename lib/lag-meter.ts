/** How long the best seen is trusted: clocks drift apart by milliseconds in this time. */
const MEMORY_MS = 60_000;
const SMOOTHING = 0.05;
/** A time line that jumps so far is another one. */
const NEW_STREAM_MS = 30_000;

/** What a {@link LagMeter} looks at. */
export interface LagSample {
  receivedAtMs: number;
  /** Position on the sender's time line, in milliseconds from any zero. */
  mediaTimeMs?: number | undefined;
}

/**
 * How far a stream has fallen behind its own best, in milliseconds. It needs no common clock: a picture that takes
 * longer from the sender's time line to here than the quickest of the last minute is late by the difference.
 *
 * Streams without timestamps are held against their frame rate, and count as live whenever the link paused right after
 * a picture (`live`): a sender with a backlog leaves no pauses.
 */
export class LagMeter {
  #lagMs = 0;
  #previous: LagSample | undefined;
  #intervalMs: number | undefined;
  #mediaMs = 0;
  #live = false;
  /** Quickest delays of the current and the previous half of the memory. */
  #best = Number.POSITIVE_INFINITY;
  #formerBest = Number.POSITIVE_INFINITY;
  #halfStartMs = Number.NEGATIVE_INFINITY;

  get lagMs(): number {
    return this.#lagMs;
  }

  /** A picture came; gives the lag. */
  add(sample: LagSample): number {
    const timed = sample.mediaTimeMs !== undefined;
    if (this.#previous && timed !== (this.#previous.mediaTimeMs !== undefined)) this.reset();
    // Pictures that are shown before one that came earlier say nothing about how late it is.
    const backMs = (this.#previous?.mediaTimeMs ?? Number.NEGATIVE_INFINITY) - (sample.mediaTimeMs ?? 0);
    if (timed && backMs >= 0 && backMs < NEW_STREAM_MS) return this.#lagMs;
    const mediaMs = sample.mediaTimeMs ?? this.#countedTime(sample.receivedAtMs);
    this.#previous = sample;
    const delayMs = sample.receivedAtMs - mediaMs;
    // A time line that jumps is a new stream, not a lag.
    if (Math.abs(delayMs - Math.min(this.#best, this.#formerBest)) > NEW_STREAM_MS) this.#forget();
    if (sample.receivedAtMs - this.#halfStartMs > MEMORY_MS / 2) {
      this.#formerBest = this.#best;
      this.#best = delayMs;
      this.#halfStartMs = sample.receivedAtMs;
    }
    this.#best = Math.min(this.#best, delayMs);
    this.#lagMs = delayMs - Math.min(this.#best, this.#formerBest);
    return this.#lagMs;
  }

  /** The link paused right after a whole picture, so that the next one is fresh. Ignored where there are timestamps. */
  live(): void {
    this.#live = true;
  }

  /** A new connection: what was late before is gone; the frame rate is most likely the same. */
  reset(): void {
    this.#previous = undefined;
    this.#lagMs = 0;
    this.#forget();
  }

  #forget(): void {
    this.#best = Number.POSITIVE_INFINITY;
    this.#formerBest = Number.POSITIVE_INFINITY;
    this.#halfStartMs = Number.NEGATIVE_INFINITY;
  }

  #countedTime(receivedAtMs: number): number {
    if (!this.#previous) {
      this.#mediaMs = receivedAtMs;
      return this.#mediaMs;
    }
    const sincePrevious = receivedAtMs - this.#previous.receivedAtMs;
    const intervalMs = this.#intervalMs ?? sincePrevious;
    // Only a sender without backlog shows its frame rate; a congested link shows its own.
    if (this.#live) this.#intervalMs = intervalMs + SMOOTHING * (sincePrevious - intervalMs);
    this.#mediaMs = this.#live ? receivedAtMs : Math.min(receivedAtMs, this.#mediaMs + intervalMs);
    this.#live = false;
    return this.#mediaMs;
  }
}
