import { once } from "node:events";

/** A server that several can share. */
export interface SharedServer {
  /** Resolves when nothing of it is left. */
  close(): Promise<void>;
}

/** A share in a server; `release` ends it, and the last one closes the server. */
export interface ServerLease<Server extends SharedServer> {
  server: Server;
  /** Idempotent; resolves when nothing of this share is left. */
  release(): Promise<void>;
}

interface Entry<Server> {
  server: Promise<Server>;
  holders: number;
  /** Breaks off what opens it, when nobody wants it any more. */
  stop: AbortController;
}

/** Undefined for any free port, which nobody shares. */
type Key = string | undefined;

/**
 * The servers of one kind in this process, by host and port. One is opened for the first who asks, so that several
 * cameras share it. Port 0 is a new one every time.
 */
export class SharedServers<Place extends { host: string; port: number }, Server extends SharedServer> {
  readonly #listen: (place: Place, signal: AbortSignal) => Promise<Server>;
  readonly #entries = new Map<Key, Entry<Server>>();
  /** Those that are being closed: their ports are free only then. */
  readonly #closing = new Map<Key, Promise<void>>();

  /** @param listen opens one; rejects with the reason of its signal when that aborts before */
  constructor(listen: (place: Place, signal: AbortSignal) => Promise<Server>) {
    this.#listen = listen;
  }

  /** @throws what opening it does; the reason of `signal` when that aborts */
  async acquire(place: Place, signal: AbortSignal): Promise<ServerLease<Server>> {
    signal.throwIfAborted();
    const key = place.port === 0 ? undefined : `${place.host}:${place.port}`;
    const entry = (key && this.#entries.get(key)) || this.#open(key, place);
    entry.holders++;
    let released: Promise<void> | undefined;
    const release = (): Promise<void> => {
      released ??= this.#letGo(key, entry);
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

  #open(key: Key, place: Place): Entry<Server> {
    const stop = new AbortController();
    const listen = (): Promise<Server> => this.#listen(place, stop.signal);
    const entry = { server: (this.#closing.get(key) ?? Promise.resolve()).then(listen), holders: 0, stop };
    if (key !== undefined) this.#entries.set(key, entry);
    return entry;
  }

  async #letGo(key: Key, entry: Entry<Server>): Promise<void> {
    if (--entry.holders > 0) return;
    entry.stop.abort();
    const closed = entry.server.then(
      (server) => server.close(),
      () => {},
    );
    if (key !== undefined) {
      this.#entries.delete(key);
      this.#closing.set(key, closed);
    }
    await closed;
    if (this.#closing.get(key) === closed) this.#closing.delete(key);
  }
}
