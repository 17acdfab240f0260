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
}

const entries = new Map<string | symbol, Entry>();

/**
 * The server of this process on a port, which is opened for the first who asks: so that several cameras, each at its
 * own path, share one port. Port 0 is a new one every time.
 * @throws StreamError `bind-failed`; the reason of `signal` when that aborts
 */
export async function acquireRtspServer(
  options: RtspServerOptions & { host: string; port: number },
  signal: AbortSignal,
): Promise<RtspServerLease> {
  const { host, port, clock, logger } = options;
  const key = port === 0 ? Symbol("any free port") : `${host}:${port}`;
  const entry = entries.get(key) ?? {
    server: RtspServer.listen({ host, port }, { clock, logger }, signal),
    holders: 0,
  };
  entries.set(key, entry);
  entry.holders++;
  let held = true;
  const release = async (): Promise<void> => {
    if (!held) return;
    held = false;
    if (--entry.holders > 0) return;
    if (entries.get(key) === entry) entries.delete(key);
    await entry.server.then((server) => server.close());
  };
  try {
    return { server: await entry.server, release };
  } catch (error) {
    held = false;
    if (--entry.holders === 0 && entries.get(key) === entry) entries.delete(key);
    throw error;
  }
}
