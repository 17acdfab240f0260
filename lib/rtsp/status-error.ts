import { StreamError, type StreamErrorCode } from "../errors.js";

/** What the other side wrote may stand in it, which is long where that is hostile. */
const MAX_MESSAGE_LENGTH = 500;

/** A refusal that the other side is told as this status of RTSP. @see RFC 2326 section 7.1.1 */
export function statusError(status: number, message: string, code: StreamErrorCode = "invalid-data"): StreamError {
  return new StreamError(code, message.slice(0, MAX_MESSAGE_LENGTH), { details: { status } });
}

/** The status that an error is answered with; 500 for those that nobody foresaw. */
export function statusOf(error: unknown): number {
  const status = error instanceof StreamError ? error.details.status : undefined;
  return typeof status === "number" ? status : 500;
}
