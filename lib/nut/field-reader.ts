import { StreamError } from "../errors.js";

/** Seven bits a byte: enough for 64. */
const LONGEST_NUMBER = 10;

/**
 * Reads the fields of a NUT packet. Past the end every field is zero or empty and `overrun` turns true, so that a
 * header that is not yet here whole costs no exception.
 *
 * @see NUT Open Container Format, "Conventions"
 */
export class FieldReader {
  #position = 0;
  #overrun = false;

  constructor(private readonly data: Buffer) {}

  /** Bytes read so far. */
  get position(): number {
    return this.#position;
  }

  /** Whether something was read that lies past the end. */
  get overrun(): boolean {
    return this.#overrun;
  }

  /** One byte (`u(8)`). */
  byte(): number {
    const value = this.data[this.#position];
    if (value === undefined) this.#overrun = true;
    else this.#position++;
    return value ?? 0;
  }

  /** An unsigned number (`v`). @throws StreamError `invalid-data` above 2^53 - 1 */
  unsigned(): number {
    const value = this.#number();
    if (!Number.isSafeInteger(value)) throw new StreamError("invalid-data", `NUT number ${value} is too big`);
    return value;
  }

  /** A signed number (`s`). @throws StreamError `invalid-data` beyond 2^52 */
  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? -value / 2 : (value + 1) / 2;
  }

  /** Leaves a number of any size out. @throws StreamError `invalid-data` where it has more than 10 bytes */
  skipNumber(): void {
    this.#number();
  }

  /** A length and that many bytes (`vb`), as a view. */
  block(): Buffer {
    const length = this.unsigned();
    return this.bytes(length);
  }

  /** The next `length` bytes, as a view. */
  bytes(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.data.length) {
      this.#overrun = true;
      this.#position = this.data.length;
      return Buffer.alloc(0);
    }
    const bytes = this.data.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }

  #number(): number {
    let value = 0;
    for (let count = 0; count < LONGEST_NUMBER; count++) {
      const byte = this.byte();
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw new StreamError("invalid-data", `NUT number of more than ${LONGEST_NUMBER} bytes`);
  }
}
