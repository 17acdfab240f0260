import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { Clock } from "../clock.js";
import { describeTlsError } from "../describe-tls-error.js";
import { StreamError } from "../errors.js";
import { formatRtspUrl, type RtspUrl, rtspPort } from "./rtsp-url.js";

const KEEP_ALIVE_MS = 10_000;

/** How a connection is opened. */
export interface OpenRtspSocketOptions {
  url: RtspUrl;
  clock: Clock;
  /** For looking up the name, connecting and, with `rtsps`, the TLS handshake, together. */
  connectTimeoutMs: number;
  /** Breaks the opening off; means nothing afterwards. */
  signal: AbortSignal;
  /** Whether a certificate counts that nobody vouches for; only for `rtsps`. Default false. */
  insecure?: boolean | undefined;
}

/**
 * A TCP or TLS connection, open. When this rejects, the socket is gone.
 * @throws StreamError `connect-failed`, `invalid-url`; the reason of `signal` when that aborts
 */
export function openRtspSocket(options: OpenRtspSocketOptions): Promise<Socket> {
  const { url, clock, connectTimeoutMs, signal } = options;
  const text = formatRtspUrl(url);
  signal.throwIfAborted();
  if (url.host === "") throw new StreamError("invalid-url", `${text}: names no host`);
  return new Promise((resolve, reject) => {
    const socket = begin(options);
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    let failure: unknown;
    const fail = (error: unknown): void => {
      failure ??= error;
      socket.destroy();
    };
    const abort = (): void => fail(signal.reason);
    const onError = (cause: NodeJS.ErrnoException): void => {
      fail(new StreamError("connect-failed", `${text}: ${describeTlsError(cause)}`, { cause }));
    };
    const onClose = (): void => {
      settle();
      reject(failure ?? new StreamError("connect-failed", `${text}: the server closed the connection`));
    };
    const timer = clock.after(connectTimeoutMs, () => {
      fail(new StreamError("connect-failed", `${text}: no answer within ${connectTimeoutMs} ms`));
    });
    const settle = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", abort);
      socket.off("error", onError).off("close", onClose);
    };
    socket.on("error", onError).on("close", onClose);
    socket.once(url.scheme === "rtsps" ? "secureConnect" : "connect", () => {
      if (failure !== undefined) return;
      settle();
      resolve(socket);
    });
    signal.addEventListener("abort", abort, { once: true });
  });
}

function begin({ url, insecure = false }: OpenRtspSocketOptions): Socket {
  const place = { host: url.host, port: rtspPort(url) };
  if (url.scheme === "rtsp") return connect(place);
  const servername = isIP(url.host) === 0 ? { servername: url.host } : {};
  return connectSecurely({ ...place, ...servername, rejectUnauthorized: !insecure });
}
