import { pino } from "pino";
import { prettyFactory } from "pino-pretty";
import type { Logger } from "../lib/index.js";
import type { StatusLine } from "./status-line.js";

/** What `--log-level` takes, from nothing to everything. */
export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Logs to stderr: for people on a terminal, else one JSON object a line. What repeats itself is told once. */
export function createLogger(level: LogLevel, status: StatusLine): Logger {
  const pretty = prettyFactory({
    colorize: process.stderr.isTTY && !process.env.NO_COLOR,
    ignore: "pid,hostname",
    translateTime: "SYS:HH:MM:ss",
    hideObject: level !== "debug",
  });
  const destination = {
    write(line: string): void {
      status.clear();
      process.stderr.write(process.stderr.isTTY ? pretty(line) : line);
    },
  };
  return withoutRepeats(pino({ level, base: null }, destination));
}

// A stream that cannot be reached is tried ten times a second.
function withoutRepeats(logger: Logger): Logger {
  let last = "";
  const isNew = (message: string): boolean => {
    const fresh = message !== last;
    last = message;
    return fresh;
  };
  return {
    debug: (details, message) => logger.debug(details, message),
    info: (details, message) => isNew(message) && logger.info(details, message),
    warn: (details, message) => isNew(message) && logger.warn(details, message),
    error: (details, message) => isNew(message) && logger.error(details, message),
  };
}
