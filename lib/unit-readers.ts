import type { AccessUnit } from "./codecs/access-unit.js";
import type { StreamError } from "./errors.js";
import { UnitQueue } from "./unit-queue.js";

/** Everybody who reads a Receiver's access units, each with a queue of their own. */
export class UnitReaders {
  readonly #queues = new Set<UnitQueue>();
  readonly #onDropped: (units: number) => void;
  #end: { error?: StreamError | undefined } | undefined;

  /** `onDropped` is told how many units a reader was too slow for. */
  constructor(onDropped: (units: number) => void) {
    this.#onDropped = onDropped;
  }

  /** A new reader, until it returns or the signal aborts; after the end one that is over as well. */
  open(signal?: AbortSignal): UnitQueue {
    const queue: UnitQueue = new UnitQueue({
      onDropped: this.#onDropped,
      onEnd: () => {
        this.#queues.delete(queue);
        signal?.removeEventListener("abort", leave);
      },
    });
    const leave = (): void => void queue.return();
    if (this.#end) queue.end(this.#end.error);
    else if (signal?.aborted) queue.end();
    else this.#queues.add(queue);
    signal?.addEventListener("abort", leave, { once: true });
    return queue;
  }

  push(unit: AccessUnit): void {
    for (const queue of this.#queues) queue.push(unit);
  }

  /** Something is missing: the next unit is a keyframe. */
  broken(): void {
    for (const queue of this.#queues) queue.broken();
  }

  /** Ends all readers, with the error if there is one. */
  end(error: StreamError | undefined): void {
    this.#end = { error };
    for (const queue of this.#queues) queue.end(error);
  }
}
