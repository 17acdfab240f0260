/** How many packets a viewer can ask for again. */
export const SENT_PACKETS = 1_024;

/** The packets that one viewer was sent last, by their sequence numbers; their bytes are shared with all viewers. */
export class SentPackets {
  readonly #packets: (Buffer | undefined)[] = new Array(SENT_PACKETS);
  readonly #sequences = new Uint16Array(SENT_PACKETS);

  add(sequence: number, packet: Buffer): void {
    const at = sequence % SENT_PACKETS;
    this.#packets[at] = packet;
    this.#sequences[at] = sequence;
  }

  /** Undefined for one that was never sent, or too long ago. */
  find(sequence: number): Buffer | undefined {
    const at = sequence % SENT_PACKETS;
    return this.#sequences[at] === sequence ? this.#packets[at] : undefined;
  }
}
