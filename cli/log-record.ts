import { redact } from "../lib/redact.js";

/** How serious a line of the log is. */
export type RecordLevel = "debug" | "info" | "warn" | "error";

/** What a line of the log is made of, before it is given a form for people. */
export interface LogRecord {
  level: RecordLevel;
  /** Milliseconds since the epoch. */
  timeMs: number;
  message: string;
  details: object;
}

const LEVELS: Record<number, RecordLevel> = { 20: "debug", 30: "info", 40: "warn", 50: "error" };

/** A record from the line that pino made of it. */
export function readRecord(line: string): LogRecord {
  const { level, time, msg, ...details } = JSON.parse(line);
  return { level: LEVELS[level] ?? "error", timeMs: time, message: msg, details };
}

/** Command lines and the last words of programs, which messages sum up, are for debugging. */
const MAX_VALUE_LENGTH = 120;

/**
 * Message and details as one line for people, such as `client gone url=tcp://:8000 client=10.0.0.7:4711`, without its
 * end; long details are cut but when debugging. No control character is left in it.
 */
export function describeRecord({ level, message, details }: LogRecord): string {
  const facts = Object.entries(details).map(([name, value]) => {
    const text = describeValue(value);
    return ` ${name}=${level === "debug" || text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH)}…`}`;
  });
  return escapeControls(message + facts.join(""));
}

/** Details as JSON can hold them, with every password in a URL taken out, however deep it sits. */
export function redactDetails(details: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, redactValue(value)]));
}

function redactValue(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(redactValue);
  return typeof value === "object" && value !== null ? redactDetails(value) : value;
}

function describeValue(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

// A line break in what a client sent must not look like a line of ours.
function escapeControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
