import type { Clock } from "../clock.js";
import type { AccessUnit } from "../codecs/access-unit.js";

/** Decoders hold back 16 pictures at most (H.264 A.3.1, H.265 A.4.2); what is older gave no picture. */
const MOST_REORDERED = 16;

/** A unit on its way through the decoder. */
export interface PendingUnit {
  unit: AccessUnit;
  /** When it was handed to the decoder, monotonic milliseconds. */
  fedAtMs: number;
}

interface Entry extends PendingUnit {
  timestamp: number;
  /** Position in decoding order. */
  order: number;
  reorders: boolean;
  /** Whether the picture comes out with just this timestamp. */
  exact: boolean;
}

/**
 * The units that the decoder has and their timestamps, to find the unit of each picture again.
 *
 * Timestamps are microseconds and unique. A stream that reorders pictures needs them in display order, which only the
 * transport knows: without its time line ffmpeg guesses, and pictures are matched to units in order instead.
 */
export class PendingUnits {
  readonly #clock: Clock;
  // Insertion order is decoding order.
  readonly #entries = new Map<number, Entry>();
  #last = 0;
  #added = 0;
  /** The fewest that ever stayed behind a picture of a stream that reorders. */
  #heldBack = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Units that are in the decoder. */
  get size(): number {
    return this.#entries.size;
  }

  /** How many units more than it must hold for reordering the decoder has. */
  get behind(): number {
    return Math.max(0, this.#entries.size - this.#heldBack);
  }

  /**
   * Since when a picture is due; undefined when none is. A decoder that reorders owes the picture of a unit only once
   * 16 others have followed it.
   */
  get dueSinceMs(): number | undefined {
    const oldest = this.#oldest();
    if (!oldest?.reorders) return oldest?.fedAtMs;
    return [...this.#entries.values()].find((entry) => entry.order >= oldest.order + MOST_REORDERED)?.fedAtMs;
  }

  /** Notes a unit and gives the timestamp to feed it with. */
  add(unit: AccessUnit, reorders: boolean): number {
    const displayed = reorders ? unit.mediaTimeMs : undefined;
    const timestamp =
      displayed === undefined
        ? Math.max(this.#last + 1, Math.round(unit.receivedAtMs * 1000))
        : this.#unused(Math.max(1, Math.round(displayed * 1000)));
    this.#last = Math.max(this.#last, timestamp);
    this.#entries.set(timestamp, {
      unit,
      timestamp,
      order: this.#added++,
      reorders,
      exact: !reorders || displayed !== undefined,
      fedAtMs: this.#clock.now(),
    });
    return timestamp;
  }

  /** The unit of the picture with this timestamp. */
  take(timestamp: number): PendingUnit | undefined {
    const found = this.#entries.get(timestamp);
    const entry = found?.exact ? found : (this.#oldest() ?? found);
    if (!entry) return undefined;
    this.#entries.delete(entry.timestamp);
    this.#forgetUndecoded(entry);
    this.#heldBack = entry.reorders ? Math.min(this.#heldBack || this.#entries.size, this.#entries.size) : 0;
    return { unit: entry.unit, fedAtMs: entry.fedAtMs };
  }

  // What went in before a picture that is out gave none itself; where pictures are reordered, what went in long before.
  #forgetUndecoded(shown: Entry): void {
    const firstPossible = shown.order - (shown.reorders ? MOST_REORDERED : 0);
    for (const entry of this.#entries.values()) {
      if (entry.order >= firstPossible) break;
      this.#entries.delete(entry.timestamp);
    }
  }

  #oldest(): Entry | undefined {
    return this.#entries.values().next().value;
  }

  #unused(timestamp: number): number {
    let free = timestamp;
    while (this.#entries.has(free)) free++;
    return free;
  }
}
