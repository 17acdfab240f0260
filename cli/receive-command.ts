import { isMulticast } from "../lib/network-interfaces.js";
import { formatRtspUrl, parseRtspUrl } from "../lib/rtsp/rtsp-url.js";
import { formatStreamUrl, parseStreamUrl } from "../lib/stream-url.js";
import { reachableHost } from "./reachable-host.js";

/**
 * How what an output sends is received, in a few words: by a command, or in the browser.
 * @param given as the user wrote it, with parameters
 * @param isSecure whether web outputs have a certificate that their URL does not name
 */
export function receiveHint(url: string, given: string, { isSecure }: { isSecure: boolean }): string {
  const [, gateway] = /^webrtc\+(https?:\/\/[^/?#]+)/i.exec(url) ?? [];
  if (gateway !== undefined) return `open ${gateway}/ in a browser`;
  if (/^whip\+/i.test(url)) return "the server there serves it on";
  if (!/^web:/i.test(url)) return `receive with: ${receiveCommand(url, given)}`;
  const { host, port } = parseStreamUrl(url);
  const scheme = isSecure || parseStreamUrl(given).query.has("tlsCert") ? "https" : "http";
  return `open ${reachable(scheme, host, port)}/ in a browser`;
}

/**
 * The command that receives what an output sends, to be run on another machine (or on this one, for loopback).
 * @param url the output's own, with its real port
 * @param given as the user wrote it, with parameters
 */
export function receiveCommand(url: string, given: string): string {
  // Who is pushed to serves it on, under the same URL.
  if (/^rtsps?(-push)?:/.test(url)) return receiveRtsp(url.replace("-push:", ":"), given.replace("-push:", ":"));
  const { scheme, host, port, query } = { ...parseStreamUrl(url), query: parseStreamUrl(given).query };
  // The receiver is named by the URL: it listens to what comes.
  const pushed = scheme === "tcp" && query.has("connect");
  if (pushed) return `glasslink probe "tcp://:${port}?listen=1"`;
  if (scheme === "udp") return `glasslink probe udp://${isLocal(host) ? host : ""}:${port}`;
  return `glasslink probe ${reachable(scheme, host, port)}`;
}

function receiveRtsp(url: string, given: string): string {
  const { credentials } = parseRtspUrl(given);
  const served = parseRtspUrl(url);
  const reached = formatRtspUrl({ ...served, host: reachableHost(served.host) });
  // The password is the reader's to fill in: what is printed here may end up in a log.
  return `glasslink probe ${credentials ? reached.replace("//", `//${credentials.username}:PASSWORD@`) : reached}`;
}

function isLocal(host: string): boolean {
  return isMulticast(host) || /^(127\.|localhost$)/.test(host);
}

function reachable(scheme: string, host: string, port: number | undefined): string {
  return formatStreamUrl(scheme, reachableHost(host), port ?? 0);
}
