/**
 * Turns a counter that wraps into one that does not: of all positions that share the low bits, it takes the one
 * nearest to the last. Steps back are kept, as pictures that come out of display order make them.
 */
export class CounterUnroller {
  readonly #modulus: number;
  #last: number | undefined;

  /** @param bits width of the counter, at most 48 so that years of it stay exact */
  constructor(bits: number) {
    this.#modulus = 2 ** bits;
  }

  /** The position of `value` (0..2^bits-1) on a line that began with the first value given. */
  unroll(value: number): number {
    if (this.#last === undefined) {
      this.#last = value;
      return value;
    }
    const modulus = this.#modulus;
    const ahead = (((value - this.#last) % modulus) + modulus) % modulus;
    this.#last += ahead < modulus / 2 ? ahead : ahead - modulus;
    return this.#last;
  }
}
