import type { FramePool } from "./frame-pool.js";

/** More than one read of a pipe or socket delivers; reading stops after the first until the frames' size is known. */
const SCRATCH_BYTES = 256 * 1024;

/**
 * Cuts a stream of raw pixels into frames. The reader of the stream writes straight into `target()`, so that no byte
 * is copied in JavaScript.
 */
export class FrameReader {
  readonly #onFrame: (data: Buffer) => void;
  #pool: FramePool | undefined;
  #frame: Buffer = Buffer.allocUnsafe(SCRATCH_BYTES);
  #filled = 0;

  constructor(onFrame: (data: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** The frames' size is known: bytes that came before are the head of the first frames. */
  start(pool: FramePool): void {
    const early = this.#frame.subarray(0, this.#filled);
    this.#pool = pool;
    this.#frame = pool.take();
    this.#filled = 0;
    this.push(early);
  }

  get started(): boolean {
    return this.#pool !== undefined;
  }

  /** Where the next bytes belong; never empty. */
  target(): Buffer {
    return this.#filled === 0 ? this.#frame : this.#frame.subarray(this.#filled);
  }

  /** `count` bytes were written to `target`, which `target()` gave: before `start`, perhaps. */
  wrote(target: Uint8Array, count: number): void {
    const current = target.buffer === this.#frame.buffer && target.byteOffset === this.#frame.byteOffset + this.#filled;
    if (current) this.#advance(count);
    else this.push(Buffer.from(target.buffer, target.byteOffset, count));
  }

  /** For streams that cannot write to `target()` themselves. */
  push(chunk: Buffer): void {
    for (let offset = 0; offset < chunk.length; ) {
      const count = chunk.copy(this.target(), 0, offset);
      offset += count;
      this.#advance(count);
    }
  }

  #advance(count: number): void {
    this.#filled += count;
    if (this.#filled < this.#frame.length || !this.#pool) return;
    const frame = this.#frame;
    this.#frame = this.#pool.take();
    this.#filled = 0;
    this.#onFrame(frame);
  }
}
