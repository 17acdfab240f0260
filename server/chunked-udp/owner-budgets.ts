import type { Clock } from "../../lib/clock.js";
import { EventBudget, type EventBudgetOptions } from "../event-budget.js";

/** A budget for each owner of addresses, as `ownerOf` names them, which outlives their clients. */
export class OwnerBudgets {
  readonly #clock: Clock;
  readonly #options: EventBudgetOptions;
  readonly #owners = new Map<string, { budget: EventBudget; takenAtMs: number }>();

  constructor(clock: Clock, options: EventBudgetOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * Takes one of an owner's.
   * @param common of all owners: one is taken of it too, and who gets none is not remembered
   */
  take(owner: string, common?: EventBudget): boolean {
    const known = this.#owners.get(owner)?.budget;
    const budget = known ?? new EventBudget(this.#clock, this.#options);
    if (!budget.take() || (common && !common.take())) return false;
    this.#owners.set(owner, { budget, takenAtMs: this.#clock.now() });
    return true;
  }

  /** Forgets those whose budget is full; called now and then. */
  sweep(): void {
    const { burst, perSecond } = this.#options;
    const fullSinceMs = this.#clock.now() - (burst / perSecond) * 1_000;
    for (const [owner, { takenAtMs }] of this.#owners) if (takenAtMs <= fullSinceMs) this.#owners.delete(owner);
  }
}
