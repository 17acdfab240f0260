/** Median, 95th percentile and maximum. */
export interface Percentiles {
  p50: number;
  p95: number;
  max: number;
}

/** The last so many numbers, to tell how they are spread. */
export class SampleWindow {
  readonly #samples: Float64Array;
  #added = 0;

  constructor(capacity = 1_000) {
    this.#samples = new Float64Array(capacity);
  }

  add(value: number): void {
    this.#samples[this.#added++ % this.#samples.length] = value;
  }

  /** Null while there are no samples. */
  percentiles(): Percentiles | null {
    const sorted = this.#samples.slice(0, Math.min(this.#added, this.#samples.length)).sort();
    if (sorted.length === 0) return null;
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
    return { p50: at(0.5), p95: at(0.95), max: at(1) };
  }
}
