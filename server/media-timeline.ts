import type { AccessUnit } from "../lib/codecs/access-unit.js";

/** Display and arrival of one picture lie closer together than this: even 16 B-frames take less at 25 a second. */
const LARGEST_GAP_MS = 1_000;

/**
 * When pictures are to be shown, on the monotonic clock. A unit's own time, which tells the order of display, is moved
 * there by one offset for all; that is chosen again where its time line jumps, as when a file begins anew. Units without
 * are shown as they come, and then time never runs back.
 */
export class MediaTimeline {
  #offsetMs: number | undefined;
  #latestMs = Number.NEGATIVE_INFINITY;

  /** The time of a unit by its own account, else by its arrival. */
  of({ mediaTimeMs, receivedAtMs, keyframe }: AccessUnit): number {
    if (mediaTimeMs === undefined) return this.at(receivedAtMs);
    const known = this.#offsetMs === undefined ? Number.NaN : mediaTimeMs + this.#offsetMs;
    // Nothing before a keyframe is shown after it; NaN is near nothing.
    const continues = Math.abs(known - receivedAtMs) <= LARGEST_GAP_MS && !(keyframe && known < this.#latestMs);
    const timeMs = continues ? known : Math.max(receivedAtMs, this.#latestMs);
    this.#offsetMs = timeMs - mediaTimeMs;
    this.#latestMs = Math.max(this.#latestMs, timeMs);
    return timeMs;
  }

  /** The time of a unit that is known to have been taken then. */
  at(timeMs: number): number {
    this.#latestMs = Math.max(this.#latestMs, timeMs);
    return this.#latestMs;
  }
}
