import type { AccessUnit } from "./codecs/access-unit.js";

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_UNITS = 600;

/**
 * The access units since the last keyframe: what a client needs that joins in between.
 * Bounded to 16 MiB and 600 units. A longer group of pictures empties it until the next keyframe, since a part of one
 * cannot be decoded.
 */
export class GopCache {
  #units: AccessUnit[] = [];
  #bytes = 0;

  /** Takes the stream's next access unit; what precedes the first keyframe is passed over. */
  add(unit: AccessUnit): void {
    if (unit.keyframe) this.clear();
    else if (this.#units.length === 0) return;
    this.#units.push(unit);
    this.#bytes += unit.data.length;
    if (this.#bytes > MAX_BYTES || this.#units.length > MAX_UNITS) this.clear();
  }

  /** A keyframe and all that followed it, in stream order; empty where there is none. */
  units(): readonly AccessUnit[] {
    return this.#units;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Forgets everything; the next keyframe begins anew. */
  clear(): void {
    this.#units = [];
    this.#bytes = 0;
  }
}
