import pRetry from "p-retry";
import type { Clock } from "./clock.js";
import { StreamError } from "./errors.js";

/** What ran this long was up: its next failure is a new one, and the first try after it comes at once. */
const STEADY_MS = 1_000;

/** One try of what is kept running, as the try itself sees it. */
export interface Attempt {
  /** Aborts when the try has to end. */
  readonly signal: AbortSignal;
  /** It does what it is there for. */
  flowing(): void;
  /** Ends the try, and makes `error` the reason. */
  fail(error: StreamError): void;
}

/** What is kept running, and by which measure. */
export interface KeepRunningOptions {
  /** One try; stays until it ends or fails, and leaves nothing behind. */
  run(attempt: Attempt): Promise<void>;
  /** Ends it for good. */
  signal: AbortSignal;
  /** The shortest and the longest pause between two tries, in milliseconds. */
  minDelayMs: number;
  maxDelayMs: number;
  /** How many failures in a row are borne. Default: any number. */
  limit?: number;
  clock: Clock;
  /** Told about every failure, the last one included, before the pause that follows it. */
  onFailure(error: StreamError): void;
}

/**
 * The one policy for starting things again: at once after a second of good work, else after a pause that doubles up to
 * a ceiling, with jitter. Resolves when the signal aborts.
 * @throws StreamError the failure that no further try can mend, or the last one allowed
 */
export async function keepRunning(options: KeepRunningOptions): Promise<void> {
  const { signal, minDelayMs, maxDelayMs, limit } = options;
  const policy = {
    retries: limit ?? Number.POSITIVE_INFINITY,
    minTimeout: Math.min(minDelayMs, maxDelayMs),
    maxTimeout: maxDelayMs,
    randomize: true,
    shouldRetry: ({ error }: { error: Error }) => error instanceof StreamError && error.retryable,
    signal,
  };
  while (!signal.aborted) {
    try {
      await pRetry(() => tryOnce(options), policy);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** Resolves after a run that was up, so that the policy begins anew; rejects after one that was not. */
async function tryOnce({ run, signal, clock, onFailure }: KeepRunningOptions): Promise<void> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  let flowingSinceMs: number | undefined;
  let imposed: StreamError | undefined;
  const attempt: Attempt = {
    signal: controller.signal,
    flowing: () => {
      flowingSinceMs ??= clock.now();
    },
    fail: (error) => {
      imposed ??= error;
      stop();
    },
  };
  signal.addEventListener("abort", stop, { once: true });
  const ended = await run(attempt).then(() => new StreamError("stream-ended", "it ended by itself"), toStreamError);
  signal.removeEventListener("abort", stop);
  if (signal.aborted) return;
  const failure = imposed ?? ended;
  onFailure(failure);
  const steady = flowingSinceMs !== undefined && clock.now() - flowingSinceMs >= STEADY_MS;
  if (!steady || !failure.retryable) throw failure;
}

function toStreamError(error: unknown): StreamError {
  if (error instanceof StreamError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StreamError("process-failed", `unexpected failure: ${message}`, { cause: error });
}
