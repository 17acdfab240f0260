import type { StreamError } from "../lib/errors.js";
import type { Restarts } from "./sender-state.js";

/** Counts failures by reason, and tells each only once while it repeats itself try after try. */
export class FailureLog {
  readonly restarts: Restarts = {};
  readonly #tell: (error: StreamError) => void;
  #told: string | undefined;
  #failuresInARow = 0;

  constructor(tell: (error: StreamError) => void) {
    this.#tell = tell;
  }

  /** A try failed; one that no other follows is its owner's to tell. */
  failed(error: StreamError): void {
    if (!error.retryable) return;
    this.restarts[error.code] = (this.restarts[error.code] ?? 0) + 1;
    this.#failuresInARow += 1;
    if (this.#told === error.message) return;
    this.#told = error.message;
    this.#tell(error);
  }

  /** It works again: the next failure is news, whatever it says. Gives how many tries had failed in a row. */
  recovered(): number {
    const failures = this.#failuresInARow;
    this.#failuresInARow = 0;
    this.#told = undefined;
    return failures;
  }
}
