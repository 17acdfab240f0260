const FIRST_GUESS_MS = 50;
const SHORTEST_MS = 20;
const LONGEST_MS = 200;
const GAIN = 1 / 8;
/** Little, since most answers that do not come are lost. */
const GROWTH = 1.1;

/**
 * Estimates how long a request and its answer take together, 20 to 200 ms; before anything is known, 50 ms. An answer
 * that did not come in time may mean that the estimate is too low, and then nothing else would ever tell.
 */
export class RoundTripEstimate {
  #milliseconds = FIRST_GUESS_MS;

  get milliseconds(): number {
    return this.#milliseconds;
  }

  /** A request that was made once was answered after `milliseconds`. */
  answered(milliseconds: number): void {
    this.#set(this.#milliseconds + (milliseconds - this.#milliseconds) * GAIN);
  }

  /** A request has to be made again. */
  unanswered(): void {
    this.#set(this.#milliseconds * GROWTH);
  }

  #set(milliseconds: number): void {
    this.#milliseconds = Math.min(Math.max(milliseconds, SHORTEST_MS), LONGEST_MS);
  }
}
