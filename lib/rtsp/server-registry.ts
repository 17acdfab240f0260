import { once } from "node:events";
import { RtspServer, type RtspServerOptions } from "./server.js";

/** A share in a server; `release` ends it, and the last one closes the server. */
export interface RtspServerLease {
  server: RtspServer;
  /** Idempotent; resolves when nothing of this share is left. */
  release(): Promise<void>;
}

interface Entry {
  server: Promise<RtspServer>;
  holders: number;
  /** Breaks off what opens it, when nobody wants it any more. */
  stop: AbortController;
}

/** Undefined for any free port, which nobody shares. */
type Key = string | undefined;

const entries = new Map<Key, Entry>();
/** Those that are being closed: their ports are free only then. */
const closing = new Map<Key, Promise<void>>();

/**
 * The server of this process on a port, which is opened for the first who asks: so that several cameras, each at its
 * own path, share one port. Port 0 is a new one every time.
 * @throws StreamError `bind-failed`; the reason of `signal` when that aborts
 */
export async function acquireRtspServer(
  options: RtspServerOptions & { host: string; port: number },
  signal: AbortSignal,
): Promise<RtspServerLease> {
  signal.throwIfAborted();
  const key = options.port === 0 ? undefined : `${options.host}:${options.port}`;
  const entry = (key && entries.get(key)) || open(key, options);
  entry.holders++;
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => {
    released ??= letGo(key, entry);
    return released;
  };
  const found = new AbortController();
  const aborted = once(signal, "abort", { signal: found.signal }).then(() => Promise.reject(signal.reason));
  try {
    return { server: await Promise.race([entry.server, aborted]), release };
  } catch (error) {
    await release();
    throw error;
  } finally {
    found.abort();
  }
}

function open(key: Key, { host, port, clock, logger }: Parameters<typeof acquireRtspServer>[0]): Entry {
  const stop = new AbortController();
  const listen = (): Promise<RtspServer> => RtspServer.listen({ host, port }, { clock, logger }, stop.signal);
  const entry = { server: (closing.get(key) ?? Promise.resolve()).then(listen), holders: 0, stop };
  if (key !== undefined) entries.set(key, entry);
  return entry;
}

async function letGo(key: Key, entry: Entry): Promise<void> {
  if (--entry.holders > 0) return;
  entry.stop.abort();
  const closed = entry.server.then(
    (server) => server.close(),
    () => {},
  );
  if (key !== undefined) {
    entries.delete(key);
    closing.set(key, closed);
  }
  await closed;
  if (closing.get(key) === closed) closing.delete(key);
}
