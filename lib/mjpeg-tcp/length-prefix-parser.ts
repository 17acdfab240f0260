import { detectLengthBytes, type LengthBytes, readLength } from "./length-field.js";

const NOTHING = Buffer.alloc(0);

/**
 * Takes the bytes of MJPEG over TCP apart: frame after frame, each a length and so many bytes of payload. It holds one
 * payload of 16 MiB at most. After it has thrown, the connection is of no more use.
 */
export class LengthPrefixParser {
  #lengthBytes: LengthBytes | undefined;
  /** The beginning of a length, or of a stream that does not show yet how long its lengths are. */
  #held: Buffer = NOTHING;
  #payload: Buffer | undefined;
  #filled = 0;

  /** `lengthBytes` of each length; undefined: as the stream's first bytes show. */
  constructor(lengthBytes?: LengthBytes) {
    this.#lengthBytes = lengthBytes;
  }

  /** Whether it holds a part of a frame. */
  get pending(): boolean {
    return this.#payload !== undefined || this.#held.length > 0;
  }

  /**
   * Takes the next bytes, in any chunking; `take` is given every payload that is whole by now, in order, in memory of
   * its own.
   * @throws StreamError `invalid-data` for what is no such stream
   */
  push(bytes: Buffer, take: (payload: Buffer) => void): void {
    let rest = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = NOTHING;
    for (;;) {
      const used = this.#payload ? this.#fill(this.#payload, rest, take) : this.#begin(rest);
      if (used === 0) break;
      rest = rest.subarray(used);
    }
    // A copy, so that a few bytes do not hold on to a whole chunk.
    this.#held = Buffer.from(rest);
  }

  /** Takes a length from the start of `bytes`; gives how many bytes it was, 0 where more have to come. */
  #begin(bytes: Buffer): number {
    this.#lengthBytes ??= detectLengthBytes(bytes);
    const lengthBytes = this.#lengthBytes;
    if (lengthBytes === undefined || bytes.length < lengthBytes) return 0;
    // The system gives it memory only as bytes come.
    this.#payload = Buffer.allocUnsafe(readLength(bytes, lengthBytes));
    this.#filled = 0;
    return lengthBytes;
  }

  #fill(payload: Buffer, bytes: Buffer, take: (payload: Buffer) => void): number {
    const count = bytes.copy(payload, this.#filled);
    this.#filled += count;
    if (this.#filled === payload.length) {
      this.#payload = undefined;
      take(payload);
    }
    return count;
  }
}
