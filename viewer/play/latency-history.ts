const MEMORY_MS = 60_000;
const RECENT_MS = 1_000;
/** Pictures at 120 a second. */
const CAPACITY = 7_200;

/** One picture's latency. */
export interface LatencySample {
  /** When it was drawn, monotonic milliseconds. */
  atMs: number;
  latencyMs: number;
}

/** The latencies of the last minute. */
export class LatencyHistory {
  #samples: LatencySample[] = [];
  #first = 0;

  /** How many there are. */
  get size(): number {
    return this.#samples.length - this.#first;
  }

  /** Takes the newest. */
  add(sample: LatencySample): void {
    this.#samples.push(sample);
    this.#forget(sample.atMs - MEMORY_MS);
  }

  /** The middle one of the last second; undefined where there was none. */
  recentMs(nowMs: number): number | undefined {
    const recent: number[] = [];
    for (let index = this.#samples.length - 1; index >= this.#first; index--) {
      const sample = this.#samples[index] as LatencySample;
      if (sample.atMs < nowMs - RECENT_MS) break;
      recent.push(sample.latencyMs);
    }
    return median(recent);
  }

  /**
   * The last minute in so many pieces of equal length, the oldest first: the middle and the highest of each, undefined
   * where it has none.
   */
  pieces(count: number, nowMs: number): ({ medianMs: number; highestMs: number } | undefined)[] {
    const values: number[][] = Array.from({ length: count }, () => []);
    const startMs = nowMs - MEMORY_MS;
    for (let index = this.#first; index < this.#samples.length; index++) {
      const { atMs, latencyMs } = this.#samples[index] as LatencySample;
      const piece = Math.min(count - 1, Math.floor(((atMs - startMs) / MEMORY_MS) * count));
      values[piece]?.push(latencyMs);
    }
    return values.map((piece) => {
      const medianMs = median(piece);
      return medianMs === undefined ? undefined : { medianMs, highestMs: Math.max(...piece) };
    });
  }

  #forget(beforeMs: number): void {
    const samples = this.#samples;
    while (this.size > CAPACITY || (samples[this.#first]?.atMs ?? beforeMs) < beforeMs) this.#first++;
    // Moving all of them for each that goes would cost more than keeping some for a while.
    if (this.#first <= CAPACITY / 4) return;
    this.#samples = samples.slice(this.#first);
    this.#first = 0;
  }
}

function median(values: number[]): number | undefined {
  values.sort((one, other) => one - other);
  return values[Math.floor((values.length - 1) / 2)];
}
