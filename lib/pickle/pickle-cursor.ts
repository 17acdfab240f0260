import { refusedPickle } from "./refused-pickle.js";

/** Reads a pickle from its start on. Whatever a length claims, nothing is read behind the end, and nothing copied. */
export class PickleCursor {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Bytes behind what was read. */
  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  /** @throws StreamError `invalid-data`, as all of these, where so many bytes are not there */
  take(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, this.#offset);
  }

  uint8(): number {
    return this.#bytes[this.#advance(1)] as number;
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#advance(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  /** Inexact over 2^53, where no length is true. */
  uint64(): number {
    const low = this.uint32();
    return low + this.uint32() * 2 ** 32;
  }

  /** A line without its end; where it has none within `limit` bytes, these, and what follows is nonsense. */
  line(limit: number): Buffer {
    const rest = this.#bytes.subarray(this.#offset, this.#offset + limit);
    const end = rest.indexOf(0x0a);
    const line = end < 0 ? rest : rest.subarray(0, end);
    this.#offset += line.length + (end < 0 ? 0 : 1);
    return line;
  }

  #advance(length: number): number {
    if (length > this.left) throw refusedPickle("that ends too early");
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}
