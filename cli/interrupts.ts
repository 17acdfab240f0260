/** Exit codes of programs that a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof EXIT_CODES;
/** npm passes on the Ctrl-C that the terminal has sent to everybody: within this time, two are one. */
const SAME_MS = 500;

/** The ways in which a user ends a command early, as one signal. */
export class Interrupts implements Disposable {
  /** The exit code that goes with what came; undefined while nothing did. */
  exitCode: number | undefined;
  readonly #controller = new AbortController();
  #firstAtMs = 0;

  constructor() {
    for (const name of Object.keys(EXIT_CODES)) process.on(name, this.#onSignal);
    // These two stay to the end of the process: a write may fail after the command is over.
    process.stdout.on("error", this.#onStdoutError);
    process.stderr.on("error", ignore);
  }

  /** Aborts on Ctrl-C, SIGTERM, SIGHUP, and when nobody reads stdout any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const name of Object.keys(EXIT_CODES)) process.off(name, this.#onSignal);
  }

  // The second one ends the process: its children find their pipes closed, and end too.
  readonly #onSignal = (name: Signal): void => {
    const code = EXIT_CODES[name];
    if (this.exitCode !== undefined && performance.now() - this.#firstAtMs > SAME_MS) process.exit(code);
    if (this.exitCode !== undefined) return;
    this.#end(code);
  };

  // `glasslink … | head` is no failure, and neither is a terminal that was closed.
  readonly #onStdoutError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    this.#end(0);
  };

  #end(exitCode: number): void {
    this.exitCode ??= exitCode;
    this.#firstAtMs = performance.now();
    this.#controller.abort();
  }
}

/** There is nobody left to be told. */
function ignore(): void {}
