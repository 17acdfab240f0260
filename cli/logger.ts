import { pino } from "pino";
import type { Logger } from "../lib/logger.js";
import { redact } from "../lib/redact.js";
import type { LogLevel } from "./log-levels.js";
import { redactDetails } from "./log-record.js";

/**
 * A logger that gives away one JSON object a line, without passwords. What repeats itself is told once.
 * @param write takes each line, its end included
 */
export function createLogger(level: LogLevel, write: (line: string) => void): Logger {
  const logger = pino({ level, base: null }, { write });
  let last = "";
  const tell = (name: Exclude<LogLevel, "silent">, details: object, message: string): void => {
    const facts = redactDetails(details);
    if (name !== "debug") {
      // Clients that come one after the other are news; a camera that is tried ten times a second is not.
      const key = name === "info" ? message + JSON.stringify(facts) : message;
      if (key === last) return;
      last = key;
    }
    logger[name](facts, redact(message));
  };
  return {
    debug: (details, message) => tell("debug", details, message),
    info: (details, message) => tell("info", details, message),
    warn: (details, message) => tell("warn", details, message),
    error: (details, message) => tell("error", details, message),
  };
}
