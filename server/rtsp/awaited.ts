import type { Clock, Timer } from "../../lib/clock.js";

/** Something that is not there from the beginning, and those who wait for it a while. */
export class Awaited<Thing> {
  readonly #clock: Clock;
  readonly #waiting = new Set<(thing: Thing) => void>();
  #thing: Thing | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined where it is not there. */
  get value(): Thing | undefined {
    return this.#thing;
  }

  /** Here it is, or another in its place. */
  set(thing: Thing): void {
    this.#thing = thing;
    for (const found of this.#waiting) found(thing);
    this.#waiting.clear();
  }

  /** Resolves when it is there; rejects with what `refusal` makes when it is not there in time. */
  wait(patienceMs: number, refusal: () => Error): Promise<Thing> {
    if (this.#thing !== undefined) return Promise.resolve(this.#thing);
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined;
      const found = (thing: Thing): void => {
        timer?.cancel();
        resolve(thing);
      };
      this.#waiting.add(found);
      timer = this.#clock.after(patienceMs, () => {
        this.#waiting.delete(found);
        reject(refusal());
      });
    });
  }
}
