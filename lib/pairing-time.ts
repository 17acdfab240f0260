import type { Frame } from "./frame.js";
import type { Side } from "./frame-pairer.js";
import type { ClockEstimate } from "./telemetry/clock-offset.js";

/** By which times frames are paired: when they were taken, by the senders' clocks, or when they came here. */
export type PairedBy = "capture" | "arrival";

/** Live streams come within this of each other; where capture times tell more, they are by clocks that differ. */
const CLOCKS_DIFFER_MS = 2_000;

interface Times {
  /** By the left sender's clock, or what is taken for it. */
  capturedMs: number | undefined;
  receivedMs: number;
}

/**
 * Chooses the time by which frames are paired: capture where both sides tell it and their clocks can be compared, else
 * arrival. Two clocks are taken for one until they are known to differ.
 */
export class PairingTime {
  #by: PairedBy = "capture";
  readonly #last: Partial<Record<Side, Times>> = {};

  /** Null until both sides have sent a frame. */
  get by(): PairedBy | null {
    return this.#last.left && this.#last.right ? this.#by : null;
  }

  /**
   * The time of a side's next frame in milliseconds, and whether it can no longer be compared with those before.
   * `clocks`: how far the senders' clocks are from ours, where that is known.
   */
  next(
    side: Side,
    frame: Pick<Frame, "capturedAt" | "receivedAtMs">,
    clocks: Record<Side, ClockEstimate | undefined>,
  ): { timeMs: number; isOther: boolean } {
    const correctionMs = side === "right" ? differenceMs(clocks.left, clocks.right) : 0;
    const capturedMs = frame.capturedAt === undefined ? undefined : frame.capturedAt - correctionMs;
    this.#last[side] = { capturedMs, receivedMs: frame.receivedAtMs };
    const before = this.#by;
    this.#by = isComparable(this.#last.left, this.#last.right) ? "capture" : "arrival";
    const timeMs = this.#by === "capture" && capturedMs !== undefined ? capturedMs : frame.receivedAtMs;
    return { timeMs, isOther: this.#by !== before };
  }
}

// Estimates that agree within what they may be wrong by are of one clock, or of two that are kept alike: comparing
// those directly is more precise than either estimate.
function differenceMs(left: ClockEstimate | undefined, right: ClockEstimate | undefined): number {
  if (!left || !right) return 0;
  const differenceMs = right.offsetMs - left.offsetMs;
  return Math.abs(differenceMs) <= left.uncertaintyMs + right.uncertaintyMs ? 0 : differenceMs;
}

function isComparable(left: Times | undefined, right: Times | undefined): boolean {
  const aheadMs = [left, right].map((times) => times && (times.capturedMs ?? Number.NaN) - times.receivedMs);
  if (aheadMs.some(Number.isNaN)) return false;
  const [leftMs, rightMs] = aheadMs;
  return leftMs === undefined || rightMs === undefined || Math.abs(rightMs - leftMs) <= CLOCKS_DIFFER_MS;
}
