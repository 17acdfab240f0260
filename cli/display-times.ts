import type { AccessUnit } from "../lib/codecs/access-unit.js";
import { PictureOrder } from "../lib/codecs/picture-order.js";

/** The most pictures that either format lets be held back. */
export const DEEPEST_REORDERING = 16;

/** A picture and when it is shown, in microseconds. */
export interface TimedUnit {
  unit: AccessUnit;
  timeUs: bigint;
}

interface Held {
  unit: AccessUnit;
  order: number;
  timeUs: bigint | undefined;
}

/**
 * Times of display for pictures that come in the order of coding, each with the time at which it came: those times are
 * dealt out again in the order of display.
 */
export class DisplayTimes {
  readonly #order = new PictureOrder();
  /** In coding order. */
  readonly #held: Held[] = [];
  /** As they came, those of held pictures that have none yet. */
  readonly #times: bigint[] = [];
  #lastOrder = 0;

  /** Takes the next picture; gives those whose time is known now, in coding order. */
  push(unit: AccessUnit, timeUs: bigint): TimedUnit[] {
    const place = this.#order.next(unit);
    if (place?.restart) this.#deal(0);
    // One that tells nothing follows the one before.
    this.#lastOrder = place?.order ?? this.#lastOrder;
    this.#held.push({ unit, order: this.#lastOrder, timeUs: undefined });
    this.#times.push(timeUs);
    this.#deal(DEEPEST_REORDERING);
    return this.#takeTimed();
  }

  /** No more will come. */
  flush(): TimedUnit[] {
    this.#deal(0);
    return this.#takeTimed();
  }

  /** Deals out times to those that are shown first, until only `left` have none. */
  #deal(left: number): void {
    while (this.#times.length > left) {
      const waiting = this.#held.filter(({ timeUs }) => timeUs === undefined);
      const next = waiting.reduce((first, held) => (held.order < first.order ? held : first));
      next.timeUs = this.#times.shift() as bigint;
    }
  }

  #takeTimed(): TimedUnit[] {
    const timed = this.#held.findIndex(({ timeUs }) => timeUs === undefined);
    return this.#held.splice(0, timed < 0 ? this.#held.length : timed) as TimedUnit[];
  }
}
