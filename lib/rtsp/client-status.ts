import { StreamError, type StreamErrorCode } from "../errors.js";
import type { RtspResponse } from "./message.js";
import { formatRtspUrl, parseRtspUrl, type RtspUrl } from "./rtsp-url.js";

/** What a refusal means, and what to do about it. */
const MEANINGS: Readonly<Record<number, { text: string; code?: StreamErrorCode }>> = {
  403: { text: "the server forbids it to this user", code: "unauthorized" },
  404: { text: "the server has no such stream, or not now; is the path right?" },
  406: { text: "the server has no description (SDP) of it" },
  453: { text: "the server has no room for another viewer" },
  461: { text: "the server does not carry it this way" },
  503: { text: "the server cannot give it now" },
};
const REDIRECTS = [301, 302, 303, 307, 308];

/** The error for a request that was answered with a status that is no success. */
export function statusFailure(url: RtspUrl, method: string, { status, reason }: RtspResponse): StreamError {
  const { text, code = "connect-failed" } = meaningOf(status, method);
  const said = `${status} ${reason}`.trim().slice(0, 80);
  return new StreamError(code, `${formatRtspUrl(url)}: ${text} (${method} was answered with ${said})`, {
    details: { status },
  });
}

/** Who may have the description may have the stream: a SETUP is forbidden for what it asks, such as its transport. */
function meaningOf(status: number, method: string): { text: string; code?: StreamErrorCode } {
  const meaning = MEANINGS[method === "SETUP" && status === 403 ? 461 : status];
  return meaning ?? { text: "the server refuses it" };
}

/**
 * Where an answer sends us to; undefined where it does not. The user name and password stay with the host that they were
 * given for, and are not sent in the clear where they came by TLS: another host gets only what the new URL holds.
 *
 * @throws StreamError `connect-failed` for a place that is no RTSP URL
 */
export function redirection(from: RtspUrl, { status, headers }: RtspResponse): RtspUrl | undefined {
  const location = headers.get("Location");
  return location !== undefined && REDIRECTS.includes(status) ? redirectedUrl(from, location) : undefined;
}

/**
 * The URL that a `Location` header names, by the same rule.
 * @throws StreamError `connect-failed`
 */
export function redirectedUrl(from: RtspUrl, location: string): RtspUrl {
  const { host, port, scheme } = from;
  const isPath = /^\/(?!\/)/.test(location);
  const place = isPath ? `${formatRtspUrl({ ...from, path: "", parameters: [] })}${location}` : location;
  let to: RtspUrl;
  try {
    to = parseRtspUrl(place);
  } catch (cause) {
    const message = `${formatRtspUrl(from)}: the server redirects to ${location.slice(0, 200)}, which is no RTSP URL`;
    throw new StreamError("connect-failed", message, { cause });
  }
  const isSafe = to.host.toLowerCase() === host.toLowerCase() && (scheme === "rtsp" || to.scheme === "rtsps");
  return {
    ...to,
    port: isPath ? port : to.port,
    credentials: to.credentials ?? (isSafe ? from.credentials : undefined),
  };
}
