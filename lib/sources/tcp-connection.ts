import type { Socket } from "node:net";
import { describeSocketError } from "../describe-socket-error.js";
import { StreamError } from "../errors.js";
import { isOwnAddress } from "../network-interfaces.js";
import { formatStreamUrl } from "../stream-url.js";
import type { SourceSink } from "./source.js";

/** What makes access units of a connection's bytes. */
export interface ByteFeed {
  /**
   * Takes the next bytes, in any chunking.
   * @throws StreamError where nothing usable can follow; the connection is given up
   */
  bytes(chunk: Buffer): void;
  /** There will be no more. */
  close(): void;
}

/** A connection and what becomes of it. */
export interface TcpConnectionOptions {
  /** Names the protocol to people. */
  scheme: string;
  /** The URL of what is connected, for messages. */
  address: string;
  sink: SourceSink;
  signal: AbortSignal;
  feed: ByteFeed;
  /** Set while the socket is still connecting. */
  connectTimeoutMs?: number;
}

/**
 * Reads a socket until it ends; resolves when `signal` aborts, rejects otherwise.
 * @throws StreamError `connect-failed`, `connection-lost`, `stream-ended`, and what the feed throws
 */
export function followConnection(socket: Socket, options: TcpConnectionOptions): Promise<void> {
  const { scheme, address, sink, signal, feed, connectTimeoutMs } = options;
  return new Promise((resolve, reject) => {
    let failure: StreamError | undefined;
    let connected = connectTimeoutMs === undefined;
    const abort = (): void => void socket.destroy();
    const announce = (): void => {
      connected = true;
      socket.setTimeout(0);
      const { remoteAddress = "", remotePort = 0 } = socket;
      sink.connected({
        sameClock: isOwnAddress(remoteAddress),
        description: formatStreamUrl(scheme, remoteAddress, remotePort),
      });
    };
    if (connected) announce();
    else {
      socket.once("connect", announce);
      socket.setTimeout(connectTimeoutMs ?? 0, () => {
        failure = new StreamError("connect-failed", `${address}: no answer within ${connectTimeoutMs} ms`);
        socket.destroy();
      });
    }
    socket.on("data", (chunk) => {
      sink.bytes(chunk.length);
      try {
        feed.bytes(chunk);
      } catch (error) {
        if (!(error instanceof StreamError)) throw error;
        failure = new StreamError(error.code, `${address}: ${error.message}`, { cause: error });
        socket.destroy();
      }
    });
    socket.on("error", (cause: NodeJS.ErrnoException) => {
      const code = connected ? "connection-lost" : "connect-failed";
      failure ??= new StreamError(code, `${address}: ${describeSocketError(cause)}`, { cause });
    });
    socket.once("close", () => {
      signal.removeEventListener("abort", abort);
      feed.close();
      if (signal.aborted) resolve();
      else reject(failure ?? new StreamError("stream-ended", `${address}: the sender closed the connection`));
    });
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
}
