import type { Logger } from "../../lib/logger.js";

/** A logger that keeps what it is told: each line as level and message, and its details. */
export class RecordingLogger implements Logger {
  readonly lines: string[] = [];
  readonly details: object[] = [];

  debug(): void {}

  info(details: object, message: string): void {
    this.#add("info", details, message);
  }

  warn(details: object, message: string): void {
    this.#add("warn", details, message);
  }

  error(details: object, message: string): void {
    this.#add("error", details, message);
  }

  #add(level: string, details: object, message: string): void {
    this.lines.push(`${level} ${message}`);
    this.details.push(details);
  }
}
