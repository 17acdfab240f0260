import type { Clock } from "../../lib/clock.js";

/** So many arrivals tell a rate. */
const ARRIVALS = 5;
/** Links are slow now and then, and autopilots round their rates. */
const GOOD_SHARE = 0.6;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;
/** More of them, and nobody is there who could answer. */
const UNANSWERED_TRIES = 2;

/** A message that the vehicle is to send. */
export interface Want {
  name: string;
  id: number;
  rateHz: number;
  /** `MAV_DATA_STREAM` in which older ArduPilot sends it. */
  stream: number;
}

/** How often a message comes, and when to ask for it again: ever less often, since some vehicles never have it. */
export class WantedMessage {
  readonly want: Want;
  readonly #clock: Clock;
  /** The last ones, in the order of their times. */
  readonly #arrivals: number[] = [];
  #attempts = 0;
  #nextAtMs = 0;
  /** Whether the vehicle said that it will send it; undefined: it has not answered. */
  #agreed: boolean | undefined;

  constructor(want: Want, clock: Clock) {
    this.want = want;
    this.#clock = clock;
  }

  /** Whether the vehicle seems not to know how to be asked for one message. */
  get isMisunderstood(): boolean {
    return this.#agreed === false || (this.#agreed === undefined && this.#attempts > UNANSWERED_TRIES);
  }

  arrived(): void {
    this.#arrivals.push(this.#clock.now());
    if (this.#arrivals.length > ARRIVALS) this.#arrivals.shift();
  }

  /** Whether it comes less often than wanted, and it is time to say so. */
  get isDue(): boolean {
    if (this.#comes) this.#attempts = 0;
    return !this.#comes && this.#clock.now() >= this.#nextAtMs;
  }

  asked(): void {
    this.#attempts += 1;
    this.#pause(Math.min(FIRST_PAUSE_MS * 2 ** (this.#attempts - 1), LONGEST_PAUSE_MS));
  }

  /** The vehicle answered, one way or the other: nothing is gained by asking soon again. */
  answered(agreed: boolean): void {
    this.#agreed = agreed;
    this.#pause(LONGEST_PAUSE_MS);
  }

  #pause(pauseMs: number): void {
    this.#nextAtMs = this.#clock.now() + pauseMs;
  }

  get #comes(): boolean {
    const [first] = this.#arrivals;
    if (first === undefined || this.#arrivals.length < ARRIVALS) return false;
    // Up to now, so that a silence counts.
    const seconds = (this.#clock.now() - first) / 1_000;
    return ARRIVALS - 1 >= seconds * this.want.rateHz * GOOD_SHARE;
  }
}
