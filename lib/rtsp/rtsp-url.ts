import type { Credentials } from "../auth/credentials.js";
import { StreamError } from "../errors.js";

/** The port where a URL names none. The registered one is 554; ours needs no privilege. */
const PORTS: Readonly<Record<string, number>> = { rtsp: 554, rtsps: 322 };
const SHAPE = /^(?<scheme>rtsps?):\/\/(?<authority>[^/?#]*)(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?:#.*)?$/is;
const HOST = /^(?<host>\[[^\]]*\]|[^:[\]]*)(?::(?<port>\d*))?$/;

/** An RTSP URL, taken apart. */
export interface RtspUrl {
  scheme: "rtsp" | "rtsps";
  /** Without the brackets of IPv6; empty where the URL names none. */
  host: string;
  port: number | undefined;
  /** As written, with its slash; empty where there is none. */
  path: string;
  /** Parameters as written, in order, without their `&`. */
  parameters: string[];
  credentials: Credentials | undefined;
}

/**
 * Takes `rtsp://user:password@host:port/path?query` apart. The password may hold an unescaped `@` and `:`, as cameras'
 * passwords do; `/`, `?` and `#` in it must be escaped.
 * @throws StreamError `invalid-url`
 */
export function parseRtspUrl(text: string): RtspUrl {
  const parts = SHAPE.exec(text)?.groups;
  const authority = parts?.authority ?? "";
  const at = authority.lastIndexOf("@");
  const place = HOST.exec(authority.slice(at + 1))?.groups;
  if (!parts || !place) throw invalid(text, "must look like rtsp://user:password@host:554/path");
  const port = place.port ? Number(place.port) : undefined;
  if (port !== undefined && port > 65_535) throw invalid(text, `port ${place.port} is not allowed; 0 to 65535 is`);
  return {
    scheme: parts.scheme?.toLowerCase() === "rtsps" ? "rtsps" : "rtsp",
    host: (place.host ?? "").replace(/^\[(.*)\]$/, "$1"),
    port,
    path: parts.path ?? "",
    parameters: parts.query ? parts.query.split("&") : [],
    credentials: at < 0 ? undefined : parseCredentials(authority.slice(0, at)),
  };
}

/** The URL that goes over the wire: without credentials; the port only where it is not the scheme's own. */
export function formatRtspUrl(url: RtspUrl): string {
  const { scheme, host, port, path, parameters } = url;
  const authority = `${host.includes(":") ? `[${host}]` : host}${port === undefined ? "" : `:${port}`}`;
  return `${scheme}://${authority}${path}${parameters.length > 0 ? `?${parameters.join("&")}` : ""}`;
}

/** The port to connect to. */
export function rtspPort({ scheme, port }: RtspUrl): number {
  return port ?? (PORTS[scheme] as number);
}

function parseCredentials(userInfo: string): Credentials {
  const [username = "", password = ""] = userInfo.split(/:(.*)/s);
  return { username: unescaped(username), password: unescaped(password) };
}

/** A percent sign that escapes nothing is one. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalid(text: string, problem: string): StreamError {
  return new StreamError("invalid-url", `${text}: ${problem}`);
}
