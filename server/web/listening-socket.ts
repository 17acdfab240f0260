import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import { bindFailure } from "../../lib/bind-failure.js";
import { StreamError } from "../../lib/errors.js";
import { lookUpHost } from "../../lib/look-up-host.js";
import { startListening } from "../../lib/start-listening.js";
import { formatStreamUrl } from "../../lib/stream-url.js";

const LIMITS = {
  maxHeaderSize: 8 * 1024,
  /** Somebody who sends a request byte by byte holds a connection no longer than this. */
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 10_000,
} as const;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** A connection on which nothing is asked. */
const IDLE_MS = 60_000;
const MAX_CONNECTIONS = 1_000;
const EVERY_ADDRESS: ReadonlySet<string> = new Set(["", "::", "0.0.0.0"]);

/** A certificate with its chain, and its key; both PEM. */
export interface TlsFiles {
  cert: string | Buffer;
  key: string | Buffer;
}

/** Where a web server listens. */
export interface WebPlace {
  /** Local address; empty: all of them, IPv4 and IPv6. */
  host: string;
  /** 0: any free one. */
  port: number;
  /** Absent: plain HTTP. */
  tls?: TlsFiles;
}

/** An HTTP or HTTPS server with its limits, and all its connections. */
export interface ListeningSocket {
  server: Server;
  port: number;
  /** The addresses that it is bound to. */
  address: string;
  /** Where a program on this machine finds it, without a slash at the end. */
  url: string;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/**
 * Listens; rejects with the reason of `signal` when that aborts before.
 * @throws StreamError `bind-failed`; `invalid-option` for a certificate or key that is none
 */
export async function openListeningSocket(place: WebPlace, signal: AbortSignal): Promise<ListeningSocket> {
  const server = create(place);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  try {
    const { address } = place.host === "" ? { address: undefined } : await lookUpHost(place.host, signal);
    await startListening(server, { port: place.port, ...(address !== undefined && { host: address }) }, signal);
  } catch (error) {
    await close();
    signal.throwIfAborted();
    throw bindFailure({ ...place, url: urlOf(place, place.host, place.port) }, error as Error);
  }
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new StreamError("bind-failed", "the server has no port");
  const { port, address } = bound;
  return {
    server,
    port,
    address,
    url: urlOf(place, EVERY_ADDRESS.has(place.host) ? "localhost" : place.host, port),
    close,
  };
}

function create({ tls }: WebPlace): Server {
  const server = tls === undefined ? createHttpServer(LIMITS) : createSecure(tls);
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = IDLE_MS;
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ""] ?? 400;
    if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    socket.destroySoon();
  });
  return server;
}

function createSecure(tls: TlsFiles): Server {
  try {
    const options = { ...LIMITS, ...tls, handshakeTimeout: HANDSHAKE_TIMEOUT_MS, minVersion: "TLSv1.2" } as const;
    // Nothing that is written to one whose handshake failed ever goes out, so no end of it comes by itself.
    return createHttpsServer(options).on("tlsClientError", (_error, socket) => socket.destroy());
  } catch (error) {
    const problem = `the TLS certificate or its key cannot be used: ${(error as Error).message}`;
    throw new StreamError("invalid-option", `${problem}; both must be PEM, and belong together`, { cause: error });
  }
}

function urlOf({ tls }: WebPlace, host: string, port: number): string {
  return formatStreamUrl(tls === undefined ? "http" : "https", host, port);
}
