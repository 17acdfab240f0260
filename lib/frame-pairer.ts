/** Which of the two streams. */
export type Side = "left" | "right";

/** At most so many frames of a side wait for a partner; pictures are large. */
const MOST_WAITING = 8;
/** A frame that is older than the one before it by more than this tells that a clock was set. */
const CLOCK_SET_MS = 1_000;
const GAPS = 8;

/** What a {@link FramePairer} works with. */
export interface FramePairerOptions<T> {
  /** How far apart in time the frames of a pair may be, in milliseconds. */
  toleranceMs: number;
  /** A pair; `skewMs` is the right one's time minus the left one's. */
  onPair: (left: T, right: T, skewMs: number) => void;
  /** A frame that found no partner, and is not needed here any more. */
  onUnpaired: (side: Side, frame: T) => void;
}

/**
 * Finds the frames of two streams that belong together, by the times that it is told. Each frame goes out once, in a
 * pair or unpaired, and pairs come in order. A frame whose successor is nearer to the partner leaves the partner to it:
 * where the successor is not here yet, but due by the stream's rhythm, the pair waits for it.
 */
export class FramePairer<T> {
  readonly #lanes = { left: new Lane<T>("left"), right: new Lane<T>("right") };
  readonly #options: FramePairerOptions<T>;

  constructor(options: FramePairerOptions<T>) {
    this.#options = options;
  }

  /** A side's next frame. One that is not newer than the side's last finds no partner, unless the clock was set. */
  push(side: Side, frame: T, timeMs: number): void {
    const lane = this.#lanes[side];
    if (timeMs < lane.lastMs - CLOCK_SET_MS) this.#clear(lane);
    else if (timeMs <= lane.lastMs) return this.#options.onUnpaired(side, frame);
    lane.add(frame, timeMs);
    this.#settle();
    if (lane.waiting.length > MOST_WAITING) this.#makeRoom(lane);
  }

  /** Gives up what waits, and begins anew: what comes is timed by another clock. */
  clear(): void {
    this.#clear(this.#lanes.left);
    this.#clear(this.#lanes.right);
  }

  #clear(lane: Lane<T>): void {
    while (lane.waiting.length > 0) this.#giveUp(lane);
    lane.restart();
  }

  // Always looks at the oldest frame: the other side's older ones are gone, so that it can only pair with what is here.
  #settle(): void {
    const { left, right } = this.#lanes;
    for (;;) {
      const [leftMs, rightMs] = [left.waiting[0]?.timeMs, right.waiting[0]?.timeMs];
      if (leftMs === undefined || rightMs === undefined) return;
      const apartMs = Math.abs(rightMs - leftMs);
      const [older, newerMs] = leftMs <= rightMs ? [left, rightMs] : [right, leftMs];
      const successorMs = older.waiting[1]?.timeMs ?? older.lastMs + older.usualGapMs;
      const isNearer = Math.abs(newerMs - successorMs) < apartMs;
      if (apartMs > this.#options.toleranceMs) this.#giveUp(older);
      else if (!isNearer) this.#pair();
      else if (older.waiting.length > 1) this.#giveUp(older);
      else return;
    }
  }

  // What this side's frames wait for does not come: a partner, or one that would be nearer than the one that is here.
  #makeRoom(lane: Lane<T>): void {
    const isPaired = this.#lanes.left.waiting.length > 0 && this.#lanes.right.waiting.length > 0;
    if (isPaired) this.#pair();
    else this.#giveUp(lane);
  }

  #pair(): void {
    const left = this.#lanes.left.waiting.shift();
    const right = this.#lanes.right.waiting.shift();
    if (left && right) this.#options.onPair(left.frame, right.frame, right.timeMs - left.timeMs);
  }

  #giveUp(lane: Lane<T>): void {
    const oldest = lane.waiting.shift();
    if (oldest) this.#options.onUnpaired(lane.side, oldest.frame);
  }
}

/** One side: the frames that wait, the oldest first, and how far apart they usually are. */
class Lane<T> {
  readonly side: Side;
  readonly waiting: { frame: T; timeMs: number }[] = [];
  lastMs = Number.NEGATIVE_INFINITY;
  #gapsMs: number[] = [];

  constructor(side: Side) {
    this.side = side;
  }

  add(frame: T, timeMs: number): void {
    if (this.lastMs > Number.NEGATIVE_INFINITY) this.#gapsMs = [...this.#gapsMs, timeMs - this.lastMs].slice(-GAPS);
    this.lastMs = timeMs;
    this.waiting.push({ frame, timeMs });
  }

  /** The median: neither a lost frame nor a burst changes it. Infinity before the second frame. */
  get usualGapMs(): number {
    const sorted = this.#gapsMs.toSorted((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.POSITIVE_INFINITY;
  }

  restart(): void {
    this.lastMs = Number.NEGATIVE_INFINITY;
    this.#gapsMs = [];
  }
}
