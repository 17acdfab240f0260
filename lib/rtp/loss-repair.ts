import type { Clock, Timer } from "../clock.js";
import { sequenceDistance } from "./packet.js";
import { RoundTripEstimate } from "./round-trip-estimate.js";

/** Beyond, it is no loss but a sender that began anew. */
const LARGEST_STEP = 1_000;
const MOST_MISSING = 512;
/** An answer is given a fifth more time than answers take. */
const PATIENCE = 1.2;
const SHORTEST_TIMER_MS = 1;
/** Room for four answers that do not come, but no longer than a picture may stand still. */
const WINDOW_ROUND_TRIPS = 5;
const SHORTEST_WINDOW_MS = 250;
const LONGEST_WINDOW_MS = 400;

/** How a {@link LossRepair} is made. */
export interface LossRepairOptions {
  clock: Clock;
  /** Asks the sender for packets again, in order of their sequence numbers. */
  ask(sequences: number[]): void;
}

interface Missing {
  missedAtMs: number;
  askedAtMs: number;
  asks: number;
}

/**
 * Watches the sequence numbers of one stream and asks for those that are missing: at once when a gap shows, then again
 * each time that the answer takes longer than answers do, until the window is over. It asks for 512 at most, the newest;
 * a jump of over 1000 is believed when two packets in a row make it, and asks for nothing.
 *
 * @see RFC 4585 section 6.2.1
 */
export class LossRepair {
  readonly #options: LossRepairOptions;
  readonly #roundTrip = new RoundTripEstimate();
  /** In order of their sequence numbers. */
  readonly #missing = new Map<number, Missing>();
  #next: number | undefined;
  #nextAfterJump: number | undefined;
  #timer: Timer | undefined;
  #asks = 0;
  #recovered = 0;

  constructor(options: LossRepairOptions) {
    this.#options = options;
  }

  /** How often it asked, for however many packets. */
  get asks(): number {
    return this.#asks;
  }

  /** Packets that came after they were asked for. */
  get recovered(): number {
    return this.#recovered;
  }

  /** How long a packet is asked for, and those behind it wait: five round trips, 250 to 400 ms. */
  get windowMs(): number {
    const wantedMs = WINDOW_ROUND_TRIPS * this.#roundTrip.milliseconds;
    return Math.min(Math.max(wantedMs, SHORTEST_WINDOW_MS), LONGEST_WINDOW_MS);
  }

  /** A packet came. */
  packet(sequence: number): void {
    this.#next ??= sequence;
    const distance = sequenceDistance(this.#next, sequence);
    if (Math.abs(distance) > LARGEST_STEP) return this.#jump(sequence);
    this.#nextAfterJump = undefined;
    if (distance < 0) return this.#recover(sequence);
    const from = this.#next;
    this.#next = following(sequence);
    if (distance > 0) this.#miss(from, distance);
  }

  /** Forgets what is missing: another stream begins with the next packet. */
  reset(): void {
    this.#timer?.cancel();
    this.#timer = this.#next = this.#nextAfterJump = undefined;
    this.#missing.clear();
  }

  #jump(sequence: number): void {
    const confirmed = sequence === this.#nextAfterJump;
    if (confirmed) this.reset();
    this.#nextAfterJump = confirmed ? undefined : following(sequence);
    if (confirmed) this.#next = following(sequence);
  }

  #recover(sequence: number): void {
    const missing = this.#missing.get(sequence);
    if (!missing) return;
    this.#missing.delete(sequence);
    this.#recovered += 1;
    // Of one that was asked for twice nothing tells which was answered.
    if (missing.asks === 1) this.#roundTrip.answered(this.#options.clock.now() - missing.askedAtMs);
    if (this.#missing.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #miss(from: number, count: number): void {
    const nowMs = this.#options.clock.now();
    const sequences = Array.from({ length: count }, (_, index) => (from + index) & 0xffff).slice(-MOST_MISSING);
    for (const sequence of sequences) {
      this.#missing.set(sequence, { missedAtMs: nowMs, askedAtMs: nowMs, asks: 1 });
    }
    for (const sequence of this.#missing.keys()) {
      if (this.#missing.size <= MOST_MISSING) break;
      this.#missing.delete(sequence);
    }
    this.#ask(sequences);
    this.#timer ??= this.#options.clock.after(this.#pauseMs, () => this.#askAgain());
  }

  get #pauseMs(): number {
    return PATIENCE * this.#roundTrip.milliseconds;
  }

  #askAgain(): void {
    const { clock } = this.#options;
    const { windowMs } = this;
    const nowMs = clock.now();
    const pauseMs = this.#pauseMs;
    const again: number[] = [];
    let dueMs = Number.POSITIVE_INFINITY;
    for (const [sequence, missing] of this.#missing) {
      if (nowMs - missing.missedAtMs >= windowMs) this.#missing.delete(sequence);
      else if (missing.askedAtMs + pauseMs <= nowMs) {
        missing.askedAtMs = nowMs;
        missing.asks += 1;
        again.push(sequence);
      }
    }
    if (again.length > 0) {
      this.#roundTrip.unanswered();
      this.#ask(again);
    }
    for (const { askedAtMs } of this.#missing.values()) dueMs = Math.min(dueMs, askedAtMs + this.#pauseMs);
    const { size } = this.#missing;
    this.#timer =
      size > 0 ? clock.after(Math.max(SHORTEST_TIMER_MS, dueMs - nowMs), () => this.#askAgain()) : undefined;
  }

  #ask(sequences: number[]): void {
    this.#asks += 1;
    this.#options.ask(sequences);
  }
}

function following(sequence: number): number {
  return (sequence + 1) & 0xffff;
}
