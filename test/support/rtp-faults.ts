/** How many of the packets suffer what; shares of 1. */
export interface RtpFaultShares {
  /** Come behind one to three that were sent after them. */
  reordered?: number;
  lost?: number;
  /** Come twice. */
  duplicated?: number;
}

/** A packet that others pass does not wait longer than this for them. */
const LONGEST_HOLD_MS = 5;
const FURTHEST = 3;

interface Held {
  packet: Buffer;
  /** How many still have to pass it. */
  after: number;
}

/** What a bad network does to packets, the same in every run. */
export class RtpFaults {
  readonly counts = { passed: 0, reordered: 0, lost: 0, duplicated: 0 };
  readonly #shares: Required<RtpFaultShares>;
  readonly #random = seededRandom(1);
  #held: Held | undefined;

  constructor(shares: RtpFaultShares) {
    this.#shares = { reordered: 0, lost: 0, duplicated: 0, ...shares };
  }

  /** Hands a packet on by `send`: now, later, twice or never. */
  pass(packet: Buffer, send: (packet: Buffer) => void): void {
    const { reordered, lost, duplicated } = this.#shares;
    const dice = this.#random();
    if (dice < lost) {
      this.counts.lost++;
      return;
    }
    if (dice < lost + reordered && !this.#held) return this.#hold(packet, send);
    this.#send(packet, send);
    if (dice > 1 - duplicated) {
      this.counts.duplicated++;
      send(packet);
    }
    if (this.#held && --this.#held.after === 0) this.#release(this.#held, send);
  }

  #hold(packet: Buffer, send: (packet: Buffer) => void): void {
    const held: Held = { packet, after: 1 + Math.floor(this.#random() * FURTHEST) };
    this.#held = held;
    setTimeout(() => this.#release(held, send), LONGEST_HOLD_MS);
  }

  #release(held: Held, send: (packet: Buffer) => void): void {
    if (this.#held !== held) return;
    this.#held = undefined;
    this.counts.reordered++;
    this.#send(held.packet, send);
  }

  #send(packet: Buffer, send: (packet: Buffer) => void): void {
    this.counts.passed++;
    send(packet);
  }
}

/** Numbers from 0 up to 1: mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
