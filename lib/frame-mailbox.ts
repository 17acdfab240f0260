import type { StreamError } from "./errors.js";
import type { Frame } from "./frame.js";

/** How a frame is asked for. */
export interface ReadOptions {
  /** Only a frame with a greater `sequence` will do. Default: any, so that the newest is given at once. */
  newerThan?: number;
  /** Gives up waiting. */
  signal?: AbortSignal;
}

interface Waiter {
  newerThan: number;
  resolve: (frame: Frame) => void;
  reject: (error: unknown) => void;
}

/** Holds the newest frame and those who wait for a newer one. Nothing queues: an unread frame is replaced. */
export class FrameMailbox {
  #latest: Frame | undefined;
  /** Whether anybody may hold the newest frame; if nobody does, its memory can be used again. */
  #seen = true;
  #closed: StreamError | undefined;
  readonly #waiters = new Set<Waiter>();

  /** The newest frame. */
  get latest(): Frame | undefined {
    this.#seen = true;
    return this.#latest;
  }

  /** Puts in a newer frame. `shared`: somebody else was given it as well. */
  put(frame: Frame, shared: boolean): void {
    const previous = this.#latest;
    if (previous && !this.#seen) previous.release();
    this.#latest = frame;
    this.#seen = shared;
    for (const waiter of this.#waiters) {
      if (frame.sequence <= waiter.newerThan) continue;
      this.#seen = true;
      this.#waiters.delete(waiter);
      waiter.resolve(frame);
    }
  }

  /** @throws StreamError `closed` once the receiver is, or what ended it; the reason of `signal` when that aborts. */
  read(options: ReadOptions = {}): Promise<Frame> {
    const newerThan = options.newerThan ?? -1;
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#closed) return Promise.reject(this.#closed);
    const latest = this.#latest;
    if (latest && latest.sequence > newerThan) {
      this.#seen = true;
      return Promise.resolve(latest);
    }
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#waiters.delete(waiter);
        reject(signal?.reason);
      };
      const settled = (): void => signal?.removeEventListener("abort", abort);
      const waiter: Waiter = {
        newerThan,
        resolve: (frame) => {
          settled();
          resolve(frame);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  /** Ends all waiting. */
  close(error: StreamError): void {
    this.#closed ??= error;
    for (const waiter of this.#waiters) waiter.reject(this.#closed);
    this.#waiters.clear();
  }
}
