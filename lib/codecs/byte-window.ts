/**
 * Bytes of a stream that came and are not done with, in one piece: appended behind, dropped in front, both in time
 * that grows with the bytes alone. Offsets count from the first byte not dropped.
 */
export class ByteWindow {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #start = 0;
  #end = 0;

  /** How many bytes are held. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Copies `bytes` behind what is held. */
  append(bytes: Buffer): void {
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#end += bytes.copy(this.#buffer, this.#end);
  }

  /** Forgets the first `count` bytes, or all when there are fewer. */
  drop(count: number): void {
    this.#start += Math.min(count, this.length);
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
  }

  /** A view, valid until the next {@link append}. */
  view(from: number, to = this.length): Buffer {
    return this.#buffer.subarray(this.#start + from, Math.min(this.#start + to, this.#end));
  }

  /** One byte; undefined behind the end. */
  at(offset: number): number | undefined {
    return offset < this.length ? this.#buffer[this.#start + offset] : undefined;
  }

  /** Where `needle` stands at or behind `from`; -1 when nowhere. */
  indexOf(needle: Buffer, from: number): number {
    // A view, since what lies behind the end is what other units left there.
    const found = this.#buffer.subarray(this.#start + from, this.#end).indexOf(needle);
    return found < 0 ? -1 : from + found;
  }

  /** Doubling, or moving only when half is free, makes the copying cost a constant for each byte. */
  #makeRoom(count: number): void {
    const needed = this.length + count;
    let capacity = this.#buffer.length;
    while (capacity < needed * 2) capacity *= 2;
    const target = capacity > this.#buffer.length ? Buffer.allocUnsafe(capacity) : this.#buffer;
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#buffer = target;
    this.#end = this.length;
    this.#start = 0;
  }
}
