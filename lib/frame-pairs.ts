import { StreamError } from "./errors.js";
import type { Frame } from "./frame.js";
import { FramePairer, type Side } from "./frame-pairer.js";
import { type PairedBy, PairingTime } from "./pairing-time.js";
import type { Receiver } from "./receiver.js";
import { type Percentiles, SampleWindow } from "./sample-window.js";

/** What of a Receiver is needed here. */
export type FrameSource = Pick<Receiver, "read" | "senderClock">;

/** Two frames taken at the same time. Both are its holder's: `release()` (or `using`) gives the memory of both back. */
export interface FramePair extends Disposable {
  readonly left: Frame;
  readonly right: Frame;
  /** How much later the right one was taken than the left one, in milliseconds; negative where it was earlier. */
  readonly skewMs: number;
  /** Releases both frames. Idempotent. */
  release(): void;
}

/** Figures of a {@link FramePairs}, from its making on. */
export interface FramePairsStats {
  /** By which times frames are paired now; null until both streams have sent a frame. */
  by: PairedBy | null;
  /** Pairs that were found. */
  pairs: number;
  /** Pairs among them that nobody took before a newer one was there. */
  missed: number;
  /** Frames that found no partner. */
  unpaired: Record<Side, number>;
  /** How far apart in time the frames of a pair were, without sign, over the last 1000 pairs; null before the first. */
  skewMs: Percentiles | null;
}

/**
 * Pairs of frames as they come, from the making until the loop is left, the signal aborts or a receiver ends. Latest
 * wins: a slow loop gets the newest pair. Neither receiver is closed, and its other readers notice nothing.
 */
export class FramePairs implements AsyncIterableIterator<FramePair>, AsyncDisposable {
  readonly #sources: Record<Side, FrameSource>;
  readonly #pairer: FramePairer<Frame>;
  readonly #time = new PairingTime();
  readonly #skews = new SampleWindow();
  readonly #counts = { pairs: 0, missed: 0, unpaired: { left: 0, right: 0 } };
  readonly #end = new AbortController();
  readonly #done: Promise<unknown>;
  #newest: FramePair | undefined;
  #error: unknown;
  #sleepers: (() => void)[] = [];

  /** Begins to read both at once. `toleranceMs`: how far apart in time the frames of a pair may be. */
  constructor(sources: Record<Side, FrameSource>, options: { toleranceMs: number; signal?: AbortSignal | undefined }) {
    const { toleranceMs, signal } = options;
    this.#sources = sources;
    this.#pairer = new FramePairer({
      toleranceMs,
      onPair: (left, right, skewMs) => this.#offer(left, right, skewMs),
      onUnpaired: (side, frame) => {
        this.#counts.unpaired[side]++;
        frame.release();
      },
    });
    const leave = (): void => this.#finish();
    signal?.addEventListener("abort", leave, { once: true });
    if (signal?.aborted) leave();
    this.#done = Promise.all([this.#follow("left"), this.#follow("right")]).finally(() =>
      signal?.removeEventListener("abort", leave),
    );
  }

  /** Figures up to now. */
  stats(): FramePairsStats {
    const { pairs, missed, unpaired } = this.#counts;
    return { by: this.#time.by, pairs, missed, unpaired: { ...unpaired }, skewMs: this.#skews.percentiles() };
  }

  /**
   * The newest pair that was not given yet, or the next one.
   * @throws StreamError what ended a receiver, if it was not `close()`; once
   */
  async next(): Promise<IteratorResult<FramePair, undefined>> {
    while (!this.#newest && !this.#end.signal.aborted) {
      await new Promise<void>((resolve) => this.#sleepers.push(resolve));
    }
    const [pair, error] = [this.#newest, this.#error];
    this.#newest = undefined;
    if (pair) return { done: false, value: pair };
    this.#error = undefined;
    if (error !== undefined) throw error;
    return { done: true, value: undefined };
  }

  /** Ends it and gives back all that waits; a loop does so by itself when it is left. Idempotent. */
  async return(): Promise<IteratorResult<FramePair, undefined>> {
    this.#finish();
    this.#miss();
    await this.#done;
    this.#error = undefined;
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  // Reading, not listening: listeners share a frame that none of them may release, a reader gets one of its own.
  async #follow(side: Side): Promise<void> {
    const { signal } = this.#end;
    let last = -1;
    try {
      while (!signal.aborted) {
        const frame = await this.#sources[side].read({ newerThan: last, signal });
        last = frame.sequence;
        if (signal.aborted) frame.release();
        else this.#push(side, frame);
      }
    } catch (error) {
      const isExpected = signal.aborted || (error instanceof StreamError && error.code === "closed");
      this.#finish(isExpected ? undefined : error);
    }
  }

  #push(side: Side, frame: Frame): void {
    const { left, right } = this.#sources;
    const clocks = { left: left.senderClock, right: right.senderClock };
    const { timeMs, isOther } = this.#time.next(side, frame, clocks);
    if (isOther) this.#pairer.clear();
    this.#pairer.push(side, frame, timeMs);
  }

  #offer(left: Frame, right: Frame, skewMs: number): void {
    this.#counts.pairs++;
    this.#skews.add(Math.abs(skewMs));
    this.#miss();
    const release = (): void => {
      left.release();
      right.release();
    };
    this.#newest = { left, right, skewMs, release, [Symbol.dispose]: release };
    this.#wake();
  }

  /** The pair that waits is not taken any more. */
  #miss(): void {
    if (!this.#newest) return;
    this.#counts.missed++;
    this.#newest.release();
    this.#newest = undefined;
  }

  // The newest pair is still given out to who asks.
  #finish(error?: unknown): void {
    if (this.#end.signal.aborted) return;
    this.#error = error;
    this.#end.abort();
    this.#pairer.clear();
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#sleepers.splice(0)) wake();
  }
}
