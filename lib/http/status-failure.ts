import type { IncomingMessage } from "node:http";
import { StreamError, type StreamErrorCode } from "../errors.js";
import { serverText } from "./server-text.js";

/** What a refusal means, and what to do about it. */
const MEANINGS: Readonly<Record<number, { text: string; code?: StreamErrorCode }>> = {
  403: { text: "the server forbids it to this user", code: "unauthorized" },
  404: { text: "the server has no such stream, or not now; is the path right?" },
  503: { text: "the server cannot give it now" },
};

/** The error for a request that was answered with a status that is no success. */
export function httpStatusFailure(url: URL, response: IncomingMessage): StreamError {
  const { statusCode: status = 0, statusMessage = "" } = response;
  const { text, code = "connect-failed" } = MEANINGS[status] ?? { text: "the server refuses it" };
  const said = serverText(`${status} ${statusMessage}`.trim());
  return new StreamError(code, `${url.href}: ${text} (it answered with ${said})`, { details: { status } });
}
