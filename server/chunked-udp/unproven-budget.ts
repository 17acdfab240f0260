import type { Clock } from "../../lib/clock.js";
import { OwnerBudgets } from "./owner-budgets.js";

/** Frames that an owner of addresses gets before anything shows that it wants them: 4 a minute. */
const FRAMES = { burst: 1, perSecond: 4 / 60 };
/** Larger ones it does not get at all. */
const MOST_BYTES = 64 * 1024;

/**
 * What goes to those who never answered a challenge, and whose address may therefore be somebody else's: 4 frames a
 * minute of at most 64 KiB each, for all clients of one owner together. It outlives them: who registers anew begins with
 * what was left.
 */
export class UnprovenBudget {
  readonly #owners: OwnerBudgets;

  constructor(clock: Clock) {
    this.#owners = new OwnerBudgets(clock, FRAMES);
  }

  /** Takes one frame of so many bytes. @param owner as `ownerOf` names it */
  take(owner: string, bytes: number): boolean {
    return bytes <= MOST_BYTES && this.#owners.take(owner);
  }

  /** Forgets those whose budget is full. */
  sweep(): void {
    this.#owners.sweep();
  }
}
