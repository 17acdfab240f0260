import { escapeNal } from "../../../lib/codecs/annexb.js";

/** Writes bit fields, to make NAL units that no encoder at hand writes. */
export class BitWriter {
  #digits = "";

  u(bits: number, value: number): this {
    this.#digits += value.toString(2).padStart(bits, "0");
    return this;
  }

  ue(value: number): this {
    const code = (value + 1).toString(2);
    this.#digits += code.padStart(code.length * 2 - 1, "0");
    return this;
  }

  se(value: number): this {
    return this.ue(value > 0 ? value * 2 - 1 : value * -2);
  }

  /** The NAL unit, with stop bit and emulation prevention. */
  stop(): Buffer {
    const digits = `${this.#digits}1`;
    const padded = digits.padEnd(Math.ceil(digits.length / 8) * 8, "0");
    return escapeNal(Buffer.from(padded.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []));
  }
}
