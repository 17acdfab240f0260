import type { Clock, Timer } from "../../lib/clock.js";

/** A receive buffer of usual size (208 KiB) holds 92 datagrams of 1200 bytes: the kernel's own records take the rest. */
const BURST_BYTES = 32 * 1024;
/** What follows goes at this rate, which is 98 Mbit/s, or faster where the next frame would come too soon. */
const BYTES_PER_MS = 12 * 1024;
/** After a late timer it catches up by steps of this size: a receiver may have been kept from its work as well. */
const MOST_STEP_BYTES = 24 * 1024;
const STEP_MS = 1;

/**
 * Sends frames as datagrams to one client: one of up to 32 KiB at once, the rest of a larger one spread over as long as
 * 12 KiB a millisecond take, at most over the time that it is given.
 */
export class FramePacer {
  readonly #clock: Clock;
  readonly #send: (datagram: Buffer) => void;
  #datagrams: readonly Buffer[] = [];
  #next = 0;
  #sentBytes = 0;
  #startedAtMs = 0;
  #bytesPerMs = 0;
  #timer: Timer | undefined;

  constructor(send: (datagram: Buffer) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** Whether a frame is under way. */
  get busy(): boolean {
    return this.#next < this.#datagrams.length;
  }

  /** Begins a frame; none is under way. @param spanMs how long the rest may take */
  start(datagrams: readonly Buffer[], { bytes, spanMs }: { bytes: number; spanMs: number }): void {
    this.#datagrams = datagrams;
    this.#next = 0;
    this.#sentBytes = 0;
    this.#startedAtMs = this.#clock.now();
    this.#bytesPerMs = Math.max(BYTES_PER_MS, (bytes - BURST_BYTES) / spanMs);
    this.#sendUpTo(BURST_BYTES);
  }

  /** Forgets what is not sent yet. */
  stop(): void {
    this.#timer?.cancel();
    this.#datagrams = [];
    this.#next = 0;
  }

  #sendUpTo(limitBytes: number): void {
    while (this.#sentBytes < limitBytes) {
      const datagram = this.#datagrams[this.#next];
      if (!datagram) break;
      this.#next += 1;
      this.#sentBytes += datagram.length;
      this.#send(datagram);
    }
    if (this.busy) this.#timer = this.#clock.after(STEP_MS, () => this.#step());
    // A picture's bytes are not kept any longer than they are needed.
    else this.stop();
  }

  #step(): void {
    const dueBytes = BURST_BYTES + (this.#clock.now() - this.#startedAtMs) * this.#bytesPerMs;
    this.#sendUpTo(Math.min(dueBytes, this.#sentBytes + MOST_STEP_BYTES));
  }
}
