import type { AccessUnit } from "../lib/index.js";

/** Where the sender's time and the arrival disagree by more than this from one picture to the next, arrival is right. */
const LARGEST_DISAGREEMENT_MS = 1_000;
/** Containers want every picture later than the one before. */
const SMALLEST_STEP_US = 1_000n;

/**
 * Gives the pictures of a recording their times, from 0 on, in microseconds. They follow the sender's own time, which
 * knows nothing of the network's jitter. A sender that was started again, or whose clock was set, must not show as
 * a gap of years: over such a jump the arrival tells how much time went by.
 */
export class RecordingTimeline {
  readonly #reorders: boolean;
  #last: { sourceMs: number; receivedAtMs: number; recordedMs: number } | undefined;
  #lastUs = -SMALLEST_STEP_US;

  /** @param reorders whether pictures come in another order than shown, so that their times go back and forth */
  constructor(reorders: boolean) {
    this.#reorders = reorders;
  }

  /** The next picture's time; undefined for one that is shown before the first, which nothing can decode. */
  next(unit: AccessUnit): bigint | undefined {
    const { receivedAtMs } = unit;
    const sourceMs = this.#sourceMs(unit);
    const recordedMs = this.#recordedMs(sourceMs, receivedAtMs);
    this.#last = { sourceMs, receivedAtMs, recordedMs };
    const timeUs = BigInt(Math.round(recordedMs * 1_000));
    if (this.#reorders) return timeUs < 0n ? undefined : timeUs;
    this.#lastUs = timeUs < this.#lastUs + SMALLEST_STEP_US ? this.#lastUs + SMALLEST_STEP_US : timeUs;
    return this.#lastUs;
  }

  #recordedMs(sourceMs: number, receivedAtMs: number): number {
    if (!this.#last) return 0;
    const arrivedLaterMs = receivedAtMs - this.#last.receivedAtMs;
    const stepMs = sourceMs - this.#last.sourceMs;
    const jumped = Math.abs(stepMs - arrivedLaterMs) > LARGEST_DISAGREEMENT_MS;
    return this.#last.recordedMs + (jumped ? arrivedLaterMs : stepMs);
  }

  // Stamps count pictures as they are coded; only a container's time tells when they are shown.
  #sourceMs({ stamp, mediaTimeMs, receivedAtMs }: AccessUnit): number {
    if (stamp && !this.#reorders) return Number(stamp.capturedAtUs) / 1_000;
    return mediaTimeMs ?? receivedAtMs;
  }
}
