import type { Clock } from "../../lib/clock.js";
import { EventBudget } from "../event-budget.js";

/** Frames that an owner of addresses gets before anything shows that it wants them. */
const FRAMES_PER_MINUTE = 4;
/** Larger ones it does not get at all. */
const MOST_BYTES = 64 * 1024;
/** After this time without a frame, an owner's budget is full again and need not be remembered. */
const FULL_AGAIN_MS = 60_000 / FRAMES_PER_MINUTE;

/**
 * What goes to those who never answered a challenge, and whose address may therefore be somebody else's: 4 frames a
 * minute of at most 64 KiB each, for all clients of one owner together. It outlives them: who registers anew begins with
 * what was left.
 */
export class UnprovenBudget {
  readonly #clock: Clock;
  readonly #owners = new Map<string, { budget: EventBudget; takenAtMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one frame of so many bytes. @param owner as `ownerOf` names it */
  take(owner: string, bytes: number): boolean {
    if (bytes > MOST_BYTES) return false;
    const nowMs = this.#clock.now();
    const known = this.#owners.get(owner);
    const budget = known?.budget ?? new EventBudget(this.#clock, { burst: 1, perSecond: FRAMES_PER_MINUTE / 60 });
    if (!budget.take()) return false;
    this.#owners.set(owner, { budget, takenAtMs: nowMs });
    return true;
  }

  /** Forgets those whose budget is full. */
  sweep(): void {
    const fullSinceMs = this.#clock.now() - FULL_AGAIN_MS;
    for (const [owner, { takenAtMs }] of this.#owners) if (takenAtMs <= fullSinceMs) this.#owners.delete(owner);
  }
}
