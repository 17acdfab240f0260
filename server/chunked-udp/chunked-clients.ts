import type { RemoteInfo } from "node:dgram";
import { SILENT_CLIENT_MS } from "../../lib/chunked-udp/client-message.js";
import type { ChunkedClient } from "./chunked-client.js";

/** Caps on {@link ChunkedClients}. */
export interface ClientCaps {
  /** Clients at a time. */
  maxClients: number;
  /** Of these, so many of one address. */
  maxClientsPerAddress: number;
}

/** Those who registered, each by its exact address and port. */
export class ChunkedClients {
  readonly #caps: ClientCaps;
  readonly #clients = new Map<string, ChunkedClient>();
  readonly #leaving = new Set<Promise<void>>();
  #first = 0;

  constructor(caps: ClientCaps) {
    this.#caps = caps;
  }

  get size(): number {
    return this.#clients.size;
  }

  /** The one with exactly this address and port. */
  find(from: RemoteInfo): ChunkedClient | undefined {
    return this.#clients.get(keyOf(from));
  }

  /** Why there is no room for one more of an owner; undefined: there is. */
  refusal(owner: string): string | undefined {
    const { maxClients, maxClientsPerAddress } = this.#caps;
    if (this.#clients.size >= maxClients) return `${maxClients} are registered already (maxClients=${maxClients})`;
    let own = 0;
    for (const client of this.#clients.values()) own += client.owner === owner ? 1 : 0;
    const reason = `its address has ${own} already (maxClientsPerAddress=${maxClientsPerAddress})`;
    return own >= maxClientsPerAddress ? reason : undefined;
  }

  /** Adds one where there is room. */
  add(from: RemoteInfo, client: ChunkedClient): void {
    this.#clients.set(keyOf(from), client);
  }

  /** Removes one; false: it was removed before. */
  remove(from: RemoteInfo, client: ChunkedClient): boolean {
    const key = keyOf(from);
    if (this.#clients.get(key) !== client) return false;
    this.#clients.delete(key);
    this.#close(client);
    return true;
  }

  /** Removes those that have been silent for too long, and gives them. */
  removeSilent(): ChunkedClient[] {
    const silent = [...this.#clients].filter(([, { silentMs }]) => silentMs >= SILENT_CLIENT_MS);
    for (const [key, client] of silent) {
      this.#clients.delete(key);
      this.#close(client);
    }
    return silent.map(([, client]) => client);
  }

  /** All of them, beginning with another one each time, so that each is the first now and then. */
  inTurn(): ChunkedClient[] {
    const clients = [...this.#clients.values()];
    this.#first = clients.length === 0 ? 0 : (this.#first + 1) % clients.length;
    return [...clients.slice(this.#first), ...clients.slice(0, this.#first)];
  }

  /** Removes all; resolves when their sockets are gone, and those of all before. */
  async close(): Promise<void> {
    for (const client of this.#clients.values()) this.#close(client);
    this.#clients.clear();
    await Promise.all(this.#leaving);
  }

  #close(client: ChunkedClient): void {
    const gone = client.close().then(() => void this.#leaving.delete(gone));
    this.#leaving.add(gone);
  }
}

function keyOf({ address, port }: RemoteInfo): string {
  return `${address} ${port}`;
}
