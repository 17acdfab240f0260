import { trimZeros } from "../codecs/annexb.js";

// What a view costs beside its bytes: a flood of tiny pieces must hit the bound too.
const PIECE_OVERHEAD_BYTES = 128;
// As many as it takes to tell a NAL unit's role, of either codec.
const HEAD_BYTES = 3;

/** Gathers the NAL units of one access unit, whole or in fragments, as they come out of RTP payloads. */
export class NalCollector {
  readonly #maxBytes: number;
  #nals: Buffer[] = [];
  #fragments: Buffer[] | undefined;
  #bytes = 0;
  #broken = false;

  /** @param maxBytes bound of what is held; over it the access unit counts as broken */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether something did not fit together, so that the access unit has a hole. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Whether a fragmented NAL unit still lacks its end. */
  get unfinished(): boolean {
    return this.#fragments !== undefined;
  }

  /** The beginning of the first NAL unit, enough to tell its role; undefined when there is none. */
  get head(): Buffer | undefined {
    const first = this.#nals[0];
    if (first) return first;
    return this.#fragments && Buffer.concat(this.#fragments.slice(0, 2), HEAD_BYTES);
  }

  /** Gives up what is held and remembers that the access unit is broken. */
  fail(): void {
    this.#broken = true;
    this.#nals = [];
    this.#fragments = undefined;
  }

  /** Takes a whole NAL unit. */
  add(nal: Buffer): void {
    if (this.#broken) return;
    if (nal.length === 0 || this.#fragments) this.fail();
    else if (this.#grow(nal.length)) this.#push(nal);
  }

  /**
   * Takes a fragment of a NAL unit.
   *
   * @param header the NAL unit's own header, rebuilt; the same for all its fragments
   * @param flags bit 7: the first fragment; bit 6: the last. FU-A and H.265's FU agree on them.
   */
  addFragment(header: Buffer, flags: number, body: Buffer): void {
    if (this.#broken) return;
    const first = (flags & 0x80) !== 0;
    const fits = first ? this.#fragments === undefined : this.#fragments?.[0]?.equals(header);
    if (!fits) this.fail();
    else if (this.#grow(body.length)) {
      if (first) this.#fragments = [header];
      this.#fragments?.push(body);
      if ((flags & 0x40) !== 0) this.#finishFragments();
    }
  }

  /** The NAL units so far; the collector is empty and as new afterwards. */
  take(): Buffer[] {
    const nals = this.#nals;
    this.#nals = [];
    this.#fragments = undefined;
    this.#bytes = 0;
    this.#broken = false;
    return nals;
  }

  #finishFragments(): void {
    this.#push(Buffer.concat(this.#fragments ?? []));
    this.#fragments = undefined;
  }

  /** Some senders (ffmpeg with H.265) leave the zero byte of the next start code at the end. */
  #push(nal: Buffer): void {
    this.#nals.push(nal.subarray(0, trimZeros(nal, 0, nal.length)));
  }

  #grow(bytes: number): boolean {
    this.#bytes += bytes + PIECE_OVERHEAD_BYTES;
    if (this.#bytes > this.#maxBytes) this.fail();
    return !this.#broken;
  }
}
