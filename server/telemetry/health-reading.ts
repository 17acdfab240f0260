/**
 * One of the machine's figures, read now and then without anybody waiting for it: what cannot be read, or not in time, is
 * null.
 */
export class HealthReading<Value> {
  readonly #read: () => Promise<Value | null>;
  #latest: Value | null = null;
  #reading = false;

  /** @param read may reject, or take for ever */
  constructor(read: () => Promise<Value | null>) {
    this.#read = read;
  }

  /** As of the last reading. */
  get latest(): Value | null {
    return this.#latest;
  }

  /** Begins a reading, unless the last one still goes on; resolves when it is over, and never rejects. */
  async refresh(): Promise<void> {
    // A sensor that hangs is not read twice at a time, and what it said before no longer holds.
    if (this.#reading) {
      this.#latest = null;
      return;
    }
    this.#reading = true;
    this.#latest = await this.#read().catch(() => null);
    this.#reading = false;
  }
}
