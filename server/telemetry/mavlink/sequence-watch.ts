/** A vehicle has a handful; who forges thousands only forgets its own. */
const MOST_SENDERS = 64;
/** One that is further behind is not late: its sender began anew. */
const LATE = 8;

/**
 * Counts the packets that are missing from the sequences of their senders. They have 8 bits: a sender that jumps over
 * half of them or more is taken for one that began anew, which is no loss.
 */
export class SequenceWatch {
  #lost = 0;
  readonly #last = new Map<number, number>();

  /** How many sequence numbers were left out so far. */
  get lost(): number {
    return this.#lost;
  }

  add(systemId: number, componentId: number, sequence: number): void {
    const sender = systemId * 256 + componentId;
    const last = this.#last.get(sender);
    if (last === undefined && this.#last.size >= MOST_SENDERS) this.#forgetOldest();
    const ahead = last === undefined ? 1 : (sequence - last) & 0xff;
    // Two ways of one packet, or a swap on the network: nothing is missing, and nothing began anew.
    if (ahead === 0 || ahead > 0xff - LATE) return;
    if (ahead < 0x80) this.#lost += ahead - 1;
    this.#last.set(sender, sequence);
  }

  #forgetOldest(): void {
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }
}
