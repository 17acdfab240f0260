import { StreamError } from "../errors.js";

/**
 * Reads bit fields from the most significant bit on. Every read past the end throws a StreamError `invalid-data`.
 * For a NAL unit, take the emulation prevention bytes out first.
 *
 * @see ITU-T H.264 7.2 and 9.1 (descriptors u, ue and se)
 */
export class BitReader {
  #position: number;

  /** @param fromByte where to start, for example behind a NAL unit header */
  constructor(
    private readonly data: Buffer,
    fromByte = 0,
  ) {
    this.#position = fromByte * 8;
  }

  /** An unsigned number of `bits` bits, 0 to 32. @throws StreamError `invalid-data` past the end */
  u(bits: number): number {
    const end = this.#position + bits;
    this.#require(end);
    let value = 0;
    while (this.#position < end) {
      const inByte = this.#position & 7;
      const take = Math.min(8 - inByte, end - this.#position);
      const byte = this.data[this.#position >> 3] as number;
      // A product, not a shift: 32-bit values must not turn negative.
      value = value * 2 ** take + ((byte >> (8 - inByte - take)) & (2 ** take - 1));
      this.#position += take;
    }
    return value;
  }

  /** One bit. @throws StreamError `invalid-data` past the end */
  flag(): boolean {
    return this.u(1) === 1;
  }

  /** An unsigned Exp-Golomb number, at most 2^32 - 2. @throws StreamError `invalid-data` past the end or when longer */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      if (++zeros === 32)
        throw new StreamError("invalid-data", "Exp-Golomb code of more than 32 bits, allowed: 31 zeros");
    }
    return 2 ** zeros - 1 + this.u(zeros);
  }

  /** A signed Exp-Golomb number. @throws StreamError `invalid-data` past the end or when too long */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2 + 0;
  }

  /** Leaves `bits` bits out. @throws StreamError `invalid-data` past the end */
  skip(bits: number): void {
    this.#require(this.#position + bits);
    this.#position += bits;
  }

  #require(end: number): void {
    const available = this.data.length * 8;
    if (end > available) {
      throw new StreamError("invalid-data", `Bit ${end} wanted of data that ends at bit ${available}`);
    }
  }
}
