import type { Clock, Timer } from "../clock.js";
import type { RtspConnection } from "./client-connection.js";
import type { RtspResponse } from "./message.js";

/** The first sign of life comes early, in case that the server does not take this kind for one. */
const FIRST_MS = 10_000;
const SHARE_OF_TIMEOUT = 0.45;
const SHORTEST_MS = 500;
const SESSION_NOT_FOUND = 454;

/** What an {@link RtspKeepalive} works with. */
export interface RtspKeepaliveOptions {
  connection: RtspConnection;
  /** Of the presentation. */
  url: string;
  clock: Clock;
  /** The server has forgotten the session. */
  onForgotten(): void;
}

/**
 * Keeps a session alive as its server wants it: OPTIONS, which every server knows, and GET_PARAMETER once that has told
 * that it is known. What is not answered is asked again the next time: whether the stream is alive, the pictures tell.
 * @see RFC 2326 sections 10.1, 10.8
 */
export class RtspKeepalive {
  readonly #options: RtspKeepaliveOptions;
  readonly #intervalMs: number;
  #timer: Timer;
  #method: "OPTIONS" | "GET_PARAMETER" = "OPTIONS";
  /** Some list GET_PARAMETER and refuse it. */
  #refused = false;

  /** Begins; the connection has a session by now. */
  constructor(options: RtspKeepaliveOptions) {
    this.#options = options;
    const { connection, clock } = options;
    const timeoutMs = connection.session?.timeoutMs ?? 60_000;
    this.#intervalMs = Math.max(SHORTEST_MS, timeoutMs * SHARE_OF_TIMEOUT);
    this.#timer = clock.after(Math.min(FIRST_MS, this.#intervalMs), () => {
      this.#ask();
      this.#timer = clock.every(this.#intervalMs, () => this.#ask());
    });
  }

  close(): void {
    this.#timer.cancel();
  }

  #ask(): void {
    const { connection, url } = this.#options;
    connection.request(this.#method, url, { timeoutMs: this.#intervalMs }).then(
      (response) => this.#answered(response),
      () => {},
    );
  }

  #answered({ status, headers }: RtspResponse): void {
    if (status === SESSION_NOT_FOUND) return this.#options.onForgotten();
    const methods = headers.all("Public").join(",");
    if (this.#method === "OPTIONS") {
      const isKnown = /(?:^|[\s,])GET_PARAMETER(?:$|[\s,])/i.test(methods);
      if (isKnown && !this.#refused) this.#method = "GET_PARAMETER";
    } else if (status >= 300) {
      this.#method = "OPTIONS";
      this.#refused = true;
    }
  }
}
