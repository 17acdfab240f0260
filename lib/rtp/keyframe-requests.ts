import type { Clock, Timer } from "../clock.js";

/** A keyframe takes a round trip and its own encoding to come. */
const INTERVAL_MS = 300;
/** Who has not answered for so long most likely does not know how. */
const PATIENCE_MS = 500;
const ESTIMATE_INTERVAL_MS = 1_000;
/** Apart by more than the tenth that aiortc's encoder passes over, of which it cuts off what is above 3 Mbit/s. */
const ESTIMATES = [100_000_000, 2_500_000] as const;

/** How {@link KeyframeRequests} are made. */
export interface KeyframeRequestsOptions {
  clock: Clock;
  /** Sends a picture loss indication. */
  ask(): void;
  /** Tells the sender a bandwidth, as the second means; undefined where it would do nothing. */
  estimate?: ((bitsPerSecond: number) => void) | undefined;
}

/**
 * Asks a sender for a keyframe, and every 300 ms again, until one has come. A sender that still has not sent one after
 * half a second is also told a bandwidth, another one each second: aiortc, which takes no request for H.264, begins anew
 * with it.
 *
 * @see RFC 4585 section 6.3.1
 */
export class KeyframeRequests {
  readonly #options: KeyframeRequestsOptions;
  #needed = false;
  #timer: Timer | undefined;
  #firstAtMs: number | undefined;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #estimatedAtMs = Number.NEGATIVE_INFINITY;
  #estimates = 0;
  #count = 0;

  constructor(options: KeyframeRequestsOptions) {
    this.#options = options;
  }

  /** How often a keyframe was asked for. */
  get count(): number {
    return this.#count;
  }

  /**
   * Nothing can be decoded until a keyframe comes. One that comes right behind this call, as it does where the packets
   * behind a gap have waited, makes the request needless.
   */
  need(): void {
    if (this.#needed) return;
    this.#needed = true;
    this.#firstAtMs = undefined;
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(0, this.#lastAtMs + INTERVAL_MS - clock.now()), () => this.#ask());
  }

  /** A keyframe came whole, or none is wanted any more. */
  done(): void {
    this.#needed = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #ask(): void {
    const { clock, ask } = this.#options;
    const nowMs = clock.now();
    this.#firstAtMs ??= nowMs;
    this.#lastAtMs = nowMs;
    this.#count += 1;
    ask();
    if (nowMs - this.#firstAtMs >= PATIENCE_MS) this.#estimate(nowMs);
    this.#timer = clock.after(INTERVAL_MS, () => this.#ask());
  }

  #estimate(nowMs: number): void {
    if (nowMs - this.#estimatedAtMs < ESTIMATE_INTERVAL_MS) return;
    this.#estimatedAtMs = nowMs;
    this.#options.estimate?.(ESTIMATES[this.#estimates % ESTIMATES.length] as number);
    this.#estimates += 1;
  }
}
