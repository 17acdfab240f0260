import type { AccessUnit } from "../lib/codecs/access-unit.js";
import { GopCache } from "../lib/gop-cache.js";

/** Whoever takes the stream as it comes: an output, a recorder, a decoder. */
export interface HubClient {
  /** The next access unit; its bytes are shared with every other client and must not be changed. */
  unit(unit: AccessUnit): void;
}

/** Called with a client that threw, once it is removed. */
export type ClientFailure = (client: HubClient, error: unknown) => void;

/** Passes access units on to any number of clients, and keeps the current group of pictures for those that join. */
export class Hub {
  /** Units since the last keyframe, the one just published among them. */
  readonly gop = new GopCache();
  readonly #clients = new Set<HubClient>();
  readonly #onFailure: ClientFailure;

  /** @param onFailure told about a client that threw; the others do not notice */
  constructor(onFailure: ClientFailure = () => {}) {
    this.#onFailure = onFailure;
  }

  /** Adds a client, which gets every later unit. Adding it twice changes nothing. */
  add(client: HubClient): void {
    this.#clients.add(client);
  }

  /** Removes a client; one that is not there is no error. */
  remove(client: HubClient): void {
    this.#clients.delete(client);
  }

  /** Hands a unit to every client before it returns. */
  publish(unit: AccessUnit): void {
    this.gop.add(unit);
    for (const client of this.#clients) {
      try {
        client.unit(unit);
      } catch (error) {
        this.#clients.delete(client);
        this.#onFailure(client, error);
      }
    }
  }
}
