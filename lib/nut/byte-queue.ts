/** Bytes that came in chunks and go out in pieces. Each byte is copied once at most, and only across chunks. */
export class ByteQueue {
  #chunks: Buffer[] = [];
  #length = 0;

  /** Bytes held. */
  get length(): number {
    return this.#length;
  }

  /** Adds a chunk, which must not be written to afterwards. */
  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The first `count` bytes, or all where there are fewer. They stay in the queue. */
  peek(count: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= Math.min(count, this.#length)) return first.subarray(0, count);
    const wanted: Buffer[] = [];
    let found = 0;
    for (const chunk of this.#chunks) {
      wanted.push(chunk);
      found += chunk.length;
      if (found >= count) break;
    }
    return Buffer.concat(wanted, Math.min(count, found));
  }

  /** Takes the first `count` bytes out; all of them must be here. */
  read(count: number): Buffer {
    const bytes = this.peek(count);
    this.skip(count);
    return bytes;
  }

  /** Drops the first `count` bytes; all of them must be here. */
  skip(count: number): void {
    this.#length -= count;
    let left = count;
    let whole = 0;
    for (const chunk of this.#chunks) {
      if (chunk.length > left) break;
      left -= chunk.length;
      whole++;
    }
    this.#chunks.splice(0, whole);
    if (left > 0) this.#chunks[0] = (this.#chunks[0] as Buffer).subarray(left);
  }
}
