import type { AccessUnit } from "./codecs/access-unit.js";
import type { StreamError } from "./errors.js";

const MOST_UNITS = 600;
const MOST_BYTES = 16 * 1024 * 1024;

/** Access units for one slow or quick reader: over the bound all that waits is dropped, up to the next keyframe. */
export class UnitQueue implements AsyncIterableIterator<AccessUnit> {
  #units: AccessUnit[] = [];
  #bytes = 0;
  #needsKeyframe = true;
  #ended = false;
  #error: StreamError | undefined;
  #sleepers: (() => void)[] = [];
  readonly #onDropped: (units: number) => void;
  readonly #onEnd: () => void;

  constructor(options: { onDropped: (units: number) => void; onEnd: () => void }) {
    this.#onDropped = options.onDropped;
    this.#onEnd = options.onEnd;
  }

  push(unit: AccessUnit): void {
    if (this.#ended) return;
    if (this.#units.length >= MOST_UNITS || this.#bytes + unit.data.length > MOST_BYTES) this.skip();
    if (this.#needsKeyframe && !unit.keyframe) return this.#onDropped(1);
    this.#needsKeyframe = false;
    this.#units.push(unit);
    this.#bytes += unit.data.length;
    this.#wake();
  }

  /** Forgets what waits; the next unit is a keyframe. */
  skip(): void {
    this.#onDropped(this.#units.length);
    this.#units = [];
    this.#bytes = 0;
    this.#needsKeyframe = true;
  }

  /** A picture was lost: what follows is of no use before the next keyframe. */
  broken(): void {
    this.#needsKeyframe = true;
  }

  /** No more will come; what waits is still given out, and then `error` thrown, if there is one. */
  end(error?: StreamError): void {
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  async next(): Promise<IteratorResult<AccessUnit>> {
    while (this.#units.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#sleepers.push(resolve));
    }
    const unit = this.#units.shift();
    if (!unit && this.#error) throw this.#error;
    if (!unit) return { done: true, value: undefined };
    this.#bytes -= unit.data.length;
    return { done: false, value: unit };
  }

  async return(): Promise<IteratorResult<AccessUnit>> {
    this.#units = [];
    this.end();
    this.#onEnd();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #wake(): void {
    for (const wake of this.#sleepers.splice(0)) wake();
  }
}
