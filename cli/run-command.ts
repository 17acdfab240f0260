import { systemClock } from "../lib/clock.js";
import { StreamError, type StreamErrorCode } from "../lib/errors.js";
import type { Logger } from "../lib/logger.js";
import type { CommandLog, CommandLogOptions } from "./command-log.js";
import { Interrupts } from "./interrupts.js";
import { StatusLine } from "./status-line.js";

/** The exit code for wrong usage. */
export const USAGE_ERROR = 2;
const WRONG_USAGE: ReadonlySet<StreamErrorCode> = new Set(["invalid-option", "invalid-url"]);

/** What every subcommand works with. */
export interface CommandContext {
  /** Aborts when the user ends the command. */
  signal: AbortSignal;
  logger: Logger;
  /** Progress on a terminal. */
  status: StatusLine;
  /** Writes one line, or several, of the command's result to stdout. */
  print(text: string): void;
  /**
   * A command that runs on does what it is there for, which systemd is told where it waits for it.
   * @param status a line for `systemctl status`, without passwords
   */
  ready(status: string): void;
}

/**
 * Runs a subcommand to its end and sets the process's exit code: 0, 1 for a failure, 2 for a wrong option or URL, that
 * of the signal for Ctrl-C.
 * `body` resolves or rejects when everything that it started is gone.
 */
export async function runCommand(
  options: CommandLogOptions,
  body: (context: CommandContext) => Promise<void>,
): Promise<void> {
  using interrupts = new Interrupts();
  using status = new StatusLine(process.stderr);
  // What a command waits for may be a timer of the library's, and those keep no process alive.
  const keepAlive = setInterval(() => {}, 60_000);
  const { signal } = interrupts;
  // Loaded only here: what asks for help or the version, or is wrong usage, is answered sooner without.
  const [{ CommandLog }, { SystemdNotify }] = await Promise.all([
    import("./command-log.js"),
    import("./systemd-notify.js"),
  ]);
  const log = await CommandLog.create(options, status);
  const print = (text: string): void => {
    status.clear();
    process.stdout.write(`${text}\n`);
    log.printed(text);
  };
  const service = new SystemdNotify({ environment: process.env, clock: systemClock, logger: log.logger });
  signal.addEventListener("abort", () => service.stopping(), { once: true });
  try {
    await log.open();
    await body({ signal, logger: log.logger, status, print, ready: (text) => service.ready(text) });
  } catch (error) {
    const asked = signal.aborted && (error === signal.reason || (error as StreamError).code === "closed");
    if (!asked) process.exitCode = reportFailure(error, log);
  }
  await service[Symbol.asyncDispose]();
  process.exitCode ??= interrupts.exitCode;
  await log.close(Number(process.exitCode ?? 0));
  clearInterval(keepAlive);
}

function reportFailure(error: unknown, log: CommandLog): number {
  // Anything else is a mistake in this program: its place in the code is what helps.
  const text = error instanceof StreamError ? error.message.replace(/\s*\n\s*/g, " ") : (error as Error).stack;
  log.failed(String(text));
  return error instanceof StreamError && WRONG_USAGE.has(error.code) ? USAGE_ERROR : 1;
}
