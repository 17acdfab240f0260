import { KEEPALIVE, KEEPALIVE_MS } from "../chunked-udp/client-message.js";
import type { Clock, Timer } from "../clock.js";

/** A server that does not answer is asked again after this time. */
const RETRY_MS = 500;
/** One that fell silent may have forgotten us, or a NAT may have changed our port. The Receiver gives up after 2 s. */
const SILENCE_MS = 1_000;
const LOOK_MS = 100;

/** How a {@link ChunkedUdpRegistration} is made. */
export interface ChunkedUdpRegistrationOptions {
  clock: Clock;
  /** The ways to ask for frames, the best first. An unanswered one is followed by the next, the last by the first. */
  requests: readonly Buffer[];
  /** Sends a datagram to the server. */
  send(message: Buffer): void;
}

/** Has a server send its frames to us, for as long as this is open: asks for them, and reminds it of us. */
export class ChunkedUdpRegistration {
  readonly #options: ChunkedUdpRegistrationOptions;
  readonly #timers: readonly Timer[];
  #request = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #heardAtMs = Number.NEGATIVE_INFINITY;

  /** Asks at once. */
  constructor(options: ChunkedUdpRegistrationOptions) {
    this.#options = options;
    const { clock, send } = options;
    this.#timers = [clock.every(LOOK_MS, () => this.#look()), clock.every(KEEPALIVE_MS, () => send(KEEPALIVE))];
    this.#ask();
  }

  /** The server said something. */
  heard(): void {
    this.#heardAtMs = this.#options.clock.now();
  }

  close(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  #look(): void {
    const nowMs = this.#options.clock.now();
    if (nowMs - this.#heardAtMs < SILENCE_MS || nowMs - this.#askedAtMs < RETRY_MS) return;
    const { requests } = this.#options;
    const answered = this.#heardAtMs >= this.#askedAtMs;
    if (!answered) this.#request = (this.#request + 1) % requests.length;
    this.#ask();
  }

  #ask(): void {
    const { clock, requests, send } = this.#options;
    this.#askedAtMs = clock.now();
    send(requests[this.#request] as Buffer);
  }
}
