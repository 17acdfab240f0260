const MOST_FREE = 4;

/** Memory for frames of one size. Free buffers are few, so that a burst does not stay allocated. */
export class FramePool {
  readonly bytes: number;
  readonly #free: Buffer[] = [];

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  /** A buffer of `bytes` bytes whose content is arbitrary. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.bytes);
  }

  /** Takes back what `take` gave; buffers of another size are left to the garbage collector. */
  give(buffer: Buffer): void {
    if (buffer.length === this.bytes && this.#free.length < MOST_FREE) this.#free.push(buffer);
  }
}
