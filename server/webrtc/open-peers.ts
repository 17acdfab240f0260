import type { Clock } from "../../lib/clock.js";

/** Native code that does not end must not keep the server from it. */
const CLOSING_MS = 2_000;

/** What {@link OpenPeers} keeps. */
export interface OpenPeer {
  /** Resolves when its native parts are gone. */
  readonly closed: Promise<void>;
  /** Idempotent. */
  close(reason: string): void;
}

/** The peers of one kind that are open, and those that are closed but not gone yet. */
export class OpenPeers<Peer extends OpenPeer> {
  readonly #open = new Set<Peer>();
  readonly #gone = new Set<Promise<void>>();

  /** Those that are open. */
  get size(): number {
    return this.#open.size;
  }

  add(peer: Peer): void {
    this.#open.add(peer);
    this.#gone.add(peer.closed);
    void peer.closed.then(() => this.#gone.delete(peer.closed));
  }

  /** It is closed. */
  delete(peer: Peer): void {
    this.#open.delete(peer);
  }

  [Symbol.iterator](): Iterator<Peer> {
    return this.#open.values();
  }

  /** Closes all of them; resolves when they are gone, or after 2 s. */
  async close(reason: string, clock: Clock): Promise<void> {
    for (const peer of this.#open) peer.close(reason);
    await new Promise<void>((resolve) => {
      const patience = clock.after(CLOSING_MS, resolve);
      void Promise.all(this.#gone).then(() => {
        patience.cancel();
        resolve();
      });
    });
  }
}
