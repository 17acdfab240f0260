import { redact } from "./redact.js";

/**
 * Every way in which glasslink fails, as a closed list.
 *
 * | code | meaning | worth another try |
 * |---|---|---|
 * | `invalid-option` | an option's value is not allowed | no |
 * | `invalid-url` | a URL cannot be understood | no |
 * | `unsupported` | well-formed, but nothing here can do it | no |
 * | `unauthorized` | the other side refused our credentials | no |
 * | `ffmpeg-missing` / `ffmpeg-too-old` | no usable ffmpeg | no |
 * | `camera-missing` | no such camera | no |
 * | `connect-failed` | the transport could not be opened | yes |
 * | `connection-lost` | it was open and went away | yes |
 * | `stream-ended` | the other side ended the stream in good order | yes |
 * | `stalled` | nothing, or nothing usable, came for too long | yes |
 * | `lagging` | the stream fell behind live | yes |
 * | `invalid-data` | bytes that are not what they claim to be | yes |
 * | `process-failed` | a child process ended or hung | yes |
 * | `decoder-failed` | the decoder ended or hung | yes |
 * | `bind-failed` | a local address or port cannot be used | no |
 * | `closed` | the object was closed by its owner | no |
 */
export type StreamErrorCode =
  | "invalid-option"
  | "invalid-url"
  | "unsupported"
  | "unauthorized"
  | "ffmpeg-missing"
  | "ffmpeg-too-old"
  | "camera-missing"
  | "connect-failed"
  | "connection-lost"
  | "stream-ended"
  | "stalled"
  | "lagging"
  | "invalid-data"
  | "process-failed"
  | "decoder-failed"
  | "bind-failed"
  | "closed";

const FINAL: ReadonlySet<StreamErrorCode> = new Set([
  "invalid-option",
  "invalid-url",
  "unsupported",
  "unauthorized",
  "ffmpeg-missing",
  "ffmpeg-too-old",
  "camera-missing",
  "bind-failed",
  "closed",
]);

/** What a {@link StreamError} carries besides its code and message. */
export interface StreamErrorOptions {
  /** Facts for a program to read; passwords in strings are removed. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** The one error class of glasslink. Its message is one line, names what is wrong, and never holds a password. */
export class StreamError extends Error {
  readonly code: StreamErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: StreamErrorCode, message: string, options: StreamErrorOptions = {}) {
    super(redact(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "StreamError";
    this.code = code;
    this.details = redactValues(options.details ?? {});
  }

  /** Whether trying again can help; a wrong option or a refused password stays wrong. */
  get retryable(): boolean {
    return !FINAL.has(this.code);
  }
}

function redactValues(details: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([key, value]) => [key, typeof value === "string" ? redact(value) : value]),
  );
}
