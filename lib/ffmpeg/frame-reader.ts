import { StreamError } from "../errors.js";
import type { FramePool } from "./frame-pool.js";

/** Enough for what a socket delivers while the frames' size is still unknown. */
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

  /** `count` bytes were written to `target()`. */
  advance(count: number): void {
    this.#filled += count;
    if (this.#filled < this.#frame.length) return;
    if (!this.#pool) throw new StreamError("decoder-failed", "the decoder sent pixels before it told the frames' size");
    const frame = this.#frame;
    this.#frame = this.#pool.take();
    this.#filled = 0;
    this.#onFrame(frame);
  }

  /** For streams that cannot write to `target()` themselves. */
  push(chunk: Buffer): void {
    for (let offset = 0; offset < chunk.length; ) {
      const count = chunk.copy(this.target(), 0, offset);
      offset += count;
      this.advance(count);
    }
  }
}
