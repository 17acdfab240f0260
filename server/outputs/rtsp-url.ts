import { isIPv4, isIPv6 } from "node:net";
import { StreamError } from "../../lib/errors.js";
import { isMulticast } from "../../lib/network-interfaces.js";
import { parseRtspUrl, type RtspUrl } from "../../lib/rtsp/rtsp-url.js";
import { readParameters } from "../../lib/stream-url.js";
import { randomGroup } from "../rtsp/multicast-ports.js";
import type { Output } from "./output.js";
import { RtspOutput } from "./rtsp.js";

const DEFAULTS = {
  ...({ port: 8554, path: "/stream", join: "gop", maxBacklogMs: 250, maxClients: 64, aud: false } as const),
  ...{ multicast: "1", multicastPort: 5004, ttl: 1 },
};
const RULES = {
  join: { kind: "word", words: ["gop", "keyframe"] },
  maxBacklogMs: { kind: "integer", min: 20, max: 60_000 },
  maxClients: { kind: "integer", min: 1, max: 10_000 },
  aud: { kind: "flag" },
  multicast: { kind: "text" },
  ttl: { kind: "integer", min: 1, max: 255 },
  interface: { kind: "text" },
} as const;
/** What may stand in a URL as it is. @see RFC 3986 section 3.3 */
const PATH = /^(?:\/[\w.~!$&'()*+,;=:@%-]+)+$/;
const GROUP = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]+))(?::(?<port>\d{1,5}))?$/;

/**
 * `rtsp://[user:password@][address]:8554/stream?join=gop|keyframe&maxBacklogMs=250&maxClients=64&aud=1` serves RTSP;
 * `multicast=0|1|group[:port]`, `ttl=1` and `interface=eth0` are for clients that ask for multicast.
 * @throws StreamError `invalid-url`
 */
export function openRtspOutput(text: string): Output {
  const url = parseRtspUrl(text);
  const { scheme, host, port, credentials } = url;
  const query = new URLSearchParams(url.parameters.join("&"));
  const { interface: via, ...given } = readParameters({ text, scheme, host, port, query }, RULES);
  const { join, maxBacklogMs, maxClients, aud, multicast, ttl } = { ...DEFAULTS, ...given };
  const path = url.path.replace(/\/+$/, "") || DEFAULTS.path;
  const group = multicast === "1" ? randomGroup() : readGroup(multicast);
  const problem = problemOf(url, path) ?? (multicast === "0" ? undefined : groupProblem(multicast, group));
  if (problem) throw invalid(text, problem);
  if (!group && (given.ttl !== undefined || via !== undefined)) {
    throw invalid(text, "ttl and interface are for multicast, which multicast=0 turns off");
  }
  return new RtspOutput({
    ...{ host, port: port ?? DEFAULTS.port, path, join, maxBacklogMs, maxClients, aud },
    ...(credentials && { credentials }),
    ...(group && { multicast: { ...group, ttl, ...(via !== undefined && { interface: via }) } }),
  });
}

function problemOf({ scheme, credentials }: RtspUrl, path: string): string | undefined {
  if (scheme === "rtsps") return 'no output for "rtsps://"; rtsp:// is';
  if (!PATH.test(path)) return `path ${path} is not allowed; it must look like /stream or /cameras/front`;
  if (!credentials || (credentials.username !== "" && credentials.password !== "")) return undefined;
  return "a user name needs a password, and the other way round, as in rtsp://user:password@:8554/stream";
}

/** Undefined for anything but an address, with or without a port. */
function readGroup(text: string): { address: string; port: number } | undefined {
  const { v4, v6, port } = GROUP.exec(text)?.groups ?? {};
  const address = v4 !== undefined && isIPv4(v4) ? v4 : v6 !== undefined && isIPv6(v6) ? v6 : undefined;
  return address === undefined ? undefined : { address, port: Number(port ?? DEFAULTS.multicastPort) };
}

function groupProblem(text: string, group: { address: string; port: number } | undefined): string | undefined {
  const isPair = group !== undefined && group.port >= 2 && group.port <= 65_534 && group.port % 2 === 0;
  if (isPair && isMulticast(group.address)) return undefined;
  return `multicast=${text} is not allowed; it must be 0, 1 or a group with an even port, as 239.1.1.1:5004`;
}

function invalid(text: string, problem: string): StreamError {
  return new StreamError("invalid-url", `${text}: ${problem}`, { details: { url: text } });
}
