import { StreamError } from "../../lib/errors.js";
import { parseStreamUrl, type StreamUrl } from "../../lib/stream-url.js";
import { openChunkedUdpOutput } from "./chunked-udp-url.js";
import { openMjpegTcpOutput } from "./mjpeg-tcp-url.js";
import type { Output } from "./output.js";
import { openRtspPushOutput } from "./rtsp-push-url.js";
import { openRtspOutput } from "./rtsp-url.js";
import { openTcpOutput } from "./tcp-url.js";
import { openUdpOutput } from "./udp-url.js";
import { openWebOutput } from "./web-url.js";
import { openWebrtcOutput } from "./webrtc-url.js";
import { openWhipOutput } from "./whip-url.js";

const SCHEMES: Record<string, (url: StreamUrl) => Output> = {
  "chunked-udp": openChunkedUdpOutput,
  "mjpeg-tcp": openMjpegTcpOutput,
  tcp: openTcpOutput,
  udp: openUdpOutput,
  web: openWebOutput,
};
const WITH_PATHS = ["rtsp", "rtsp-push", "webrtc+http", "webrtc+https", "whip+http", "whip+https"];

/**
 * The output that a URL names; nothing is opened before it runs.
 * @throws StreamError `invalid-url` that names the part, its value and what is allowed
 */
export function openOutput(text: string): Output {
  // Only these have paths.
  if (/^rtsps?:/i.test(text)) return openRtspOutput(text);
  if (/^rtsps?-push:/i.test(text)) return openRtspPushOutput(text);
  if (/^webrtc\+/i.test(text)) return openWebrtcOutput(text);
  if (/^whip\+/i.test(text)) return openWhipOutput(text);
  const url = parseStreamUrl(text);
  const open = Object.hasOwn(SCHEMES, url.scheme) ? SCHEMES[url.scheme] : undefined;
  if (open) return open(url);
  const allowed = [...WITH_PATHS, ...Object.keys(SCHEMES)].join(", ");
  throw new StreamError("invalid-url", `${text}: no output for "${url.scheme}://"; allowed: ${allowed}`);
}
