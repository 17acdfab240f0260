import { type RtpPacket, sequenceDistance } from "./packet.js";

/** How long a gap may stay open before the packets behind it go on without it, where nothing else is said. */
export const REORDER_WINDOW_MS = 20;

const CAPACITY = 512;
// Farther away than this it is no late or early packet but a sender that began anew.
const LARGEST_STEP = 1_000;

/** Where a {@link ReorderBuffer} puts what it lets go, in order of sequence numbers. */
export interface ReorderSink {
  /** The next packet. `arrivedAtMs` is when it came in, which may be before now. */
  packet(packet: RtpPacket, arrivedAtMs: number): void;
  /** Packets are missing here for good. */
  gap(): void;
  /** The sequence numbers begin anew with the next packet: nothing says what is missing. */
  restart(): void;
}

/** How a {@link ReorderBuffer} is made. */
export interface ReorderBufferOptions {
  /**
   * How long packets behind a gap wait for it to be filled, milliseconds, now: who asks for them again learns how long
   * that takes. Default {@link REORDER_WINDOW_MS}.
   */
  windowMs?: (() => number) | undefined;
}

interface Held {
  packet: RtpPacket;
  arrivedAtMs: number;
}

/**
 * Puts the packets of one RTP stream in order. Packets in sequence pass at once; those behind a gap wait for it to
 * be filled, for the window at most; duplicates and packets that come too late are dropped.
 * A jump of over 1000 is believed when two packets in a row make it.
 */
export class ReorderBuffer {
  readonly #sink: ReorderSink;
  readonly #windowMs: () => number;
  // In order of arrival, so that the first entry is the one that has waited longest.
  readonly #held = new Map<number, Held>();
  #expected: number | undefined;
  #stray: Held | undefined;

  constructor(sink: ReorderSink, { windowMs = () => REORDER_WINDOW_MS }: ReorderBufferOptions = {}) {
    this.#sink = sink;
    this.#windowMs = windowMs;
  }

  /** Packets that wait for a gap to be filled. */
  get size(): number {
    return this.#held.size;
  }

  /** Takes a packet that arrived at `nowMs` (monotonic) and lets go every packet that need not wait any longer. */
  push(packet: RtpPacket, nowMs: number): void {
    this.#expected ??= packet.sequence;
    const distance = sequenceDistance(this.#expected, packet.sequence);
    if (Math.abs(distance) > LARGEST_STEP) this.#jump({ packet, arrivedAtMs: nowMs });
    else if (distance === 0) this.#release({ packet, arrivedAtMs: nowMs });
    else if (distance > 0 && !this.#held.has(packet.sequence)) {
      this.#held.set(packet.sequence, { packet, arrivedAtMs: nowMs });
    }
    this.#drain();
    this.expire(nowMs);
  }

  /** Gives up on gaps that stayed open until `nowMs`, and lets go what waited behind them. */
  expire(nowMs: number): void {
    for (let dueMs = this.nextDeadlineMs(); dueMs !== undefined; dueMs = this.nextDeadlineMs()) {
      if (dueMs > nowMs && this.#held.size <= CAPACITY) return;
      this.#skipGap();
    }
  }

  /** When {@link ReorderBuffer.expire} has something to do: monotonic milliseconds, undefined when nothing waits. */
  nextDeadlineMs(): number | undefined {
    const oldest = this.#held.values().next().value;
    return oldest && oldest.arrivedAtMs + this.#windowMs();
  }

  #jump(held: Held): void {
    const stray = this.#stray;
    if (!stray || sequenceDistance(stray.packet.sequence, held.packet.sequence) !== 1) {
      this.#stray = held;
      return;
    }
    while (this.#held.size > 0) this.#skipGap();
    this.#sink.restart();
    this.#expected = stray.packet.sequence;
    this.#release(stray);
    this.#release(held);
  }

  #skipGap(): void {
    while (!this.#held.has(this.#expected ?? 0)) this.#expected = next(this.#expected ?? 0);
    this.#sink.gap();
    this.#drain();
  }

  #drain(): void {
    for (let held = this.#held.get(this.#expected ?? 0); held; held = this.#held.get(this.#expected ?? 0)) {
      this.#held.delete(held.packet.sequence);
      this.#release(held);
    }
  }

  #release({ packet, arrivedAtMs }: Held): void {
    this.#stray = undefined;
    this.#expected = next(packet.sequence);
    this.#sink.packet(packet, arrivedAtMs);
  }
}

function next(sequence: number): number {
  return (sequence + 1) & 0xffff;
}
