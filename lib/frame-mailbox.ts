import type { StreamError } from "./errors.js";
import type { Frame, SharedPicture } from "./frame.js";

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
  #latest: SharedPicture | undefined;
  #latestFrame: Frame | undefined;
  #closed: StreamError | undefined;
  readonly #waiters = new Set<Waiter>();

  /** The newest frame; the same one until a newer comes. */
  get latest(): Frame | undefined {
    this.#latestFrame ??= this.#latest?.take();
    return this.#latestFrame;
  }

  /** Puts in a newer picture, and takes over its maker's hold. */
  put(picture: SharedPicture): void {
    this.#latest?.drop();
    this.#latest = picture;
    this.#latestFrame = undefined;
    for (const waiter of this.#waiters) {
      if (picture.details.sequence <= waiter.newerThan) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(picture.take());
    }
  }

  /** @throws StreamError `closed` once the receiver is, or what ended it; the reason of `signal` when that aborts. */
  read(options: ReadOptions = {}): Promise<Frame> {
    const newerThan = options.newerThan ?? -1;
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#closed) return Promise.reject(this.#closed);
    const latest = this.#latest;
    if (latest && latest.details.sequence > newerThan) return Promise.resolve(latest.take());
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
