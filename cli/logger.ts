import { pino } from "pino";
import type { Logger } from "../lib/index.js";
import { redact } from "../lib/redact.js";
import { redactDetails } from "./log-record.js";

/** What `--log-level` takes, from nothing to everything. */
export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A logger that gives away one JSON object a line, without passwords. What repeats itself is told once.
 * @param write takes each line, its end included
 */
export function createLogger(level: LogLevel, write: (line: string) => void): Logger {
  return withoutRepeats(pino({ level, base: null, formatters: { log: redactDetails } }, { write }));
}

// A stream that cannot be reached is tried ten times a second; clients that come one after the other are no repetition.
function withoutRepeats(logger: Logger): Logger {
  let last = "";
  const isNew = (text: string): boolean => {
    const fresh = text !== last;
    last = text;
    return fresh;
  };
  return {
    debug: (details, message) => logger.debug(details, redact(message)),
    info: (details, message) => isNew(message + JSON.stringify(details)) && logger.info(details, redact(message)),
    warn: (details, message) => isNew(message) && logger.warn(details, redact(message)),
    error: (details, message) => isNew(message) && logger.error(details, redact(message)),
  };
}
