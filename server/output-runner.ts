import type { StreamError } from "../lib/errors.js";
import { type Attempt, keepRunning } from "../lib/keep-running.js";
import { FailureLog } from "./failure-log.js";
import type { Hub } from "./hub.js";
import type { Output, OutputContext } from "./outputs/output.js";
import type { Restarts } from "./sender-state.js";

const MIN_DELAY_MS = 50;

/** An output, and what it is run with. */
export interface OutputRunnerOptions {
  output: Output;
  hub: Hub;
  context: Omit<OutputContext, "ready" | "gop">;
  /** It is open, or its first try failed and it is tried again. */
  onOpened(): void;
}

/** Keeps one output running, and in the hub while it is open. */
export class OutputRunner {
  readonly output: Output;
  readonly #options: OutputRunnerOptions;
  readonly #failures: FailureLog;
  #attempt: Attempt | undefined;

  constructor(options: OutputRunnerOptions) {
    this.#options = options;
    this.output = options.output;
    this.#failures = new FailureLog((error) => options.context.warning(error));
  }

  /** How often it was started again, by reason. */
  get restarts(): Restarts {
    return { ...this.#failures.restarts };
  }

  /**
   * Resolves when `signal` aborts.
   * @throws StreamError the failure that no further try can mend
   */
  run(signal: AbortSignal): Promise<void> {
    const { output, context, onOpened } = this.#options;
    return keepRunning({
      signal,
      minDelayMs: MIN_DELAY_MS,
      maxDelayMs: output.retryCeilingMs,
      clock: context.clock,
      run: (attempt) => this.#runOnce(attempt),
      onFailure: (error) => {
        this.#failures.failed(error);
        if (error.retryable) onOpened();
      },
    });
  }

  /** Ends the present run for that reason; the next one follows by the same policy as any other. */
  fail(error: StreamError): void {
    this.#attempt?.fail(error);
  }

  async #runOnce(attempt: Attempt): Promise<void> {
    const { output, hub, context, onOpened } = this.#options;
    const ready = (): void => {
      attempt.flowing();
      this.#failures.recovered();
      hub.add(output);
      onOpened();
    };
    this.#attempt = attempt;
    try {
      await output.run({ ...context, gop: hub.gop, ready }, attempt.signal);
    } finally {
      hub.remove(output);
    }
  }
}
