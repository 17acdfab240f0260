import type { RemoteInfo } from "node:dgram";
import { SILENT_CLIENT_MS } from "../../lib/chunked-udp/client-message.js";
import type { Clock, Timer } from "../../lib/clock.js";
import type { ChunkedClient } from "./chunked-client.js";

/** For so long the socket of a client that is gone is read on: who is back at once says so to that one. */
const LINGER_MS = 1_000;
/** A socket that is closed takes what has just come to it along: so nothing comes any more for a while before. */
const RETIRED_MS = 100;

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
  readonly #clock: Clock;
  /** Those that are not served any more, but still heard. */
  readonly #leaving = new Map<ChunkedClient, Timer>();
  readonly #closing = new Set<Promise<void>>();
  #first = 0;

  constructor(caps: ClientCaps, clock: Clock) {
    this.#caps = caps;
    this.#clock = clock;
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
    this.#leave(key, client);
    return true;
  }

  /** Removes those that have been silent for too long, and gives them. */
  removeSilent(): ChunkedClient[] {
    const silent = [...this.#clients].filter(([, { silentMs }]) => silentMs >= SILENT_CLIENT_MS);
    for (const [key, client] of silent) this.#leave(key, client);
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
    for (const [key, client] of [...this.#clients]) this.#leave(key, client);
    for (const [client, timer] of [...this.#leaving]) {
      timer.cancel();
      this.#close(client);
    }
    await Promise.all(this.#closing);
  }

  #leave(key: string, client: ChunkedClient): void {
    this.#clients.delete(key);
    client.end();
    const retire = (): void => {
      client.retire();
      this.#leaving.set(
        client,
        this.#clock.after(RETIRED_MS, () => this.#close(client)),
      );
    };
    this.#leaving.set(client, this.#clock.after(LINGER_MS, retire));
  }

  #close(client: ChunkedClient): void {
    this.#leaving.delete(client);
    const gone = client.close().then(() => void this.#closing.delete(gone));
    this.#closing.add(gone);
  }
}

function keyOf({ address, port }: RemoteInfo): string {
  return `${address} ${port}`;
}
