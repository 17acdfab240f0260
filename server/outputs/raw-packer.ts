import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { delimiter, wireBytes } from "./delimiter.js";
import { MAX_DATAGRAM_BYTES, type Packer } from "./packer.js";

/** The byte stream of TCP in datagrams: each begins where the one before ends, and none spans two units. */
export class RawPacker implements Packer {
  #begun = false;

  pack(unit: AccessUnit): Buffer[] {
    const wire = wireBytes(unit);
    const bytes = this.#begun ? wire : Buffer.concat([delimiter(unit.codec), wire]);
    this.#begun = true;
    // Datagrams of equal size, so that the delimiter at the end is never torn off or alone.
    const count = Math.ceil(bytes.length / MAX_DATAGRAM_BYTES);
    const boundary = (index: number): number => Math.floor((index * bytes.length) / count);
    return Array.from({ length: count }, (_, index) => bytes.subarray(boundary(index), boundary(index + 1)));
  }
}
