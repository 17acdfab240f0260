import { systemClock } from "../lib/clock.js";
import type { Logger } from "../lib/logger.js";
import { LogFile } from "./log-file.js";
import type { LogLevel } from "./log-levels.js";
import { createLogger } from "./logger.js";
import type { StatusLine } from "./status-line.js";
import { type StderrForm, stderrForm } from "./stderr-form.js";

/** Where a command logs to. */
export interface CommandLogOptions {
  logLevel: LogLevel;
  /** Path of a file that gets the log as well. */
  logFile?: string;
}

/** What a command says besides its results: on stderr, and where the user asks for it in files. */
export class CommandLog {
  readonly logger: Logger;
  readonly #status: StatusLine;
  readonly #form: StderrForm;
  readonly #file: LogFile | undefined;
  /** For what stderr and stdout get by other ways. */
  readonly #fileLogger: Logger | undefined;

  private constructor({ logLevel, logFile }: CommandLogOptions, status: StatusLine, form: StderrForm) {
    this.#status = status;
    this.#form = form;
    this.logger = createLogger(logLevel, (json) => this.#write(json));
    if (logFile === undefined) return;
    const file = new LogFile(logFile, {
      clock: systemClock,
      onTrouble: (message) => this.logger.warn({}, message),
    });
    this.#file = file;
    this.#fileLogger = createLogger(logLevel, (json) => file.write(json));
  }

  /** Nothing is written before it is asked to. */
  static async create(options: CommandLogOptions, status: StatusLine): Promise<CommandLog> {
    return new CommandLog(options, status, await stderrForm(options.logLevel === "debug"));
  }

  /** @throws StreamError `invalid-option` when the file cannot be written */
  async open(): Promise<void> {
    await this.#file?.open();
  }

  /** The command printed something. */
  printed(text: string): void {
    for (const line of text.split("\n")) this.#fileLogger?.info({}, line);
  }

  /** The command failed, and this is why. */
  failed(text: string): void {
    this.#status.clear();
    process.stderr.write(this.#form.failure(`glasslink: ${text}\n`));
    this.#fileLogger?.error({}, text);
  }

  /** The command ends; resolves when the files hold everything. */
  async close(exitCode: number): Promise<void> {
    this.#fileLogger?.info({ exitCode }, "ends");
    await this.#file?.close();
  }

  #write(json: string): void {
    this.#status.clear();
    process.stderr.write(this.#form.line(json));
    this.#file?.write(json);
  }
}
