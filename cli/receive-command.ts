import { isMulticast } from "../lib/network-interfaces.js";
import { redact } from "../lib/redact.js";
import { formatRtspUrl, parseRtspUrl } from "../lib/rtsp/rtsp-url.js";
import { formatStreamUrl, parseStreamUrl } from "../lib/stream-url.js";
import { reachableHost } from "./reachable-host.js";

/** What {@link receiveHint} goes by. */
export interface ReceiveHintOptions {
  /** Whether web outputs have a certificate that their URL does not name. */
  isSecure: boolean;
  /** The command that receives, from an output's URL and from that which the user wrote. Default: receiveCommand. */
  command?: (url: string, given: string) => string;
}

/**
 * How what an output sends is received, in a few words: by a command, or in the browser.
 * @param given as the user wrote it, with parameters
 */
export function receiveHint(url: string, given: string, options: ReceiveHintOptions): string {
  const { isSecure, command = receiveCommand } = options;
  const [, gateway] = /^webrtc\+(https?:\/\/[^/?#]+)/i.exec(url) ?? [];
  if (gateway !== undefined) return `open ${redact(gateway)}/ in a browser`;
  if (/^whip\+/i.test(url)) return "the server there serves it on";
  if (!/^web:/i.test(url)) return `receive with: ${command(url, given)}`;
  const { host, port } = parseStreamUrl(url);
  const scheme = isSecure || parseStreamUrl(given).query.has("tlsCert") ? "https" : "http";
  return `open ${reachable(scheme, host, port)}/ in a browser`;
}

/** The command that receives what an output sends; see {@link receiveUrl}. */
export function receiveCommand(url: string, given: string): string {
  const reached = receiveUrl(url, given);
  // The token is the reader's to fill in, as passwords are: what is printed here may end up in a log.
  const needsToken = /^chunked-udp:/i.test(url) && parseStreamUrl(given).query.has("token");
  const whole = needsToken ? `${reached}?token=TOKEN` : reached;
  return `glasslink probe ${whole.includes("?") ? `"${whole}"` : whole}`;
}

/**
 * The URL by which a receiver gets what an output sends, on another machine (or on this one, for loopback); without
 * passwords and tokens.
 * @param url the output's own, with its real port
 * @param given as the user wrote it, with parameters
 */
export function receiveUrl(url: string, given: string): string {
  // Who is pushed to serves it on, under the same URL.
  if (/^rtsps?(-push)?:/.test(url)) return receiveRtsp(url.replace("-push:", ":"), given.replace("-push:", ":"));
  const { scheme, host, port, query } = { ...parseStreamUrl(url), query: parseStreamUrl(given).query };
  // The receiver is named by the URL: it listens to what comes.
  const pushed = scheme === "tcp" && query.has("connect");
  if (pushed) return `tcp://:${port}?listen=1`;
  if (scheme === "udp") return `udp://${isLocal(host) ? host : ""}:${port}`;
  return reachable(scheme, host, port);
}

function receiveRtsp(url: string, given: string): string {
  const { credentials } = parseRtspUrl(given);
  const served = parseRtspUrl(url);
  const reached = formatRtspUrl({ ...served, host: reachableHost(served.host) });
  // The password is the reader's to fill in: what is printed here may end up in a log.
  return credentials ? reached.replace("//", `//${credentials.username}:PASSWORD@`) : reached;
}

function isLocal(host: string): boolean {
  return isMulticast(host) || /^(127\.|localhost$)/.test(host);
}

function reachable(scheme: string, host: string, port: number | undefined): string {
  return formatStreamUrl(scheme, reachableHost(host), port ?? 0);
}
