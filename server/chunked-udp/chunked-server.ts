import type { Clock, Timer } from "../../lib/clock.js";
import type { StreamErrorCode } from "../../lib/errors.js";
import type { Logger } from "../../lib/logger.js";
import type { JpegFeed, JpegViewer } from "../jpeg/jpeg-feed.js";
import type { Admission } from "./admission.js";
import type { ChunkedClient } from "./chunked-client.js";
import { ChunkedClients, type ClientCaps } from "./chunked-clients.js";
import { type FrameCounters, FrameSender } from "./frame-sender.js";
import type { Listener } from "./open-listener.js";
import { Registrations } from "./registrations.js";

/** Silent clients are looked for this often. */
const SWEEP_MS = 1_000;

/** What the runs of an output count together. */
export interface ChunkedCounters extends FrameCounters {
  sendErrors: number;
  ignoredDatagrams: number;
}

/** What a {@link ChunkedServer} works with. */
export interface ChunkedServerOptions {
  /** Its owner closes its socket. */
  listener: Listener;
  /** Its owner closes it. */
  feed: JpegFeed;
  admission: Admission;
  caps: ClientCaps;
  /** What goes to all clients together, in millions of bits a second. */
  maxMbps: number;
  /** Names the output in the log. */
  url: string;
  clock: Clock;
  logger: Logger;
  counters: ChunkedCounters;
  /** Something worth knowing happened; of each subject it is told once. */
  warn(subject: string, code: StreamErrorCode, message: string): void;
}

/** Serves a camera's JPEGs to those who register at one socket; pictures are made while there is anybody. */
export class ChunkedServer implements JpegViewer {
  readonly #options: ChunkedServerOptions;
  readonly #clients: ChunkedClients;
  readonly #sender: FrameSender;
  readonly #sweep: Timer;
  #watching = false;

  constructor(options: ChunkedServerOptions) {
    this.#options = options;
    const { caps, clock, maxMbps, counters } = options;
    const clients = new ChunkedClients(caps, clock);
    this.#clients = clients;
    const onTooLarge = (bytes: number): void =>
      options.warn("too-large", "invalid-data", `a picture of ${bytes} bytes is dropped: a frame holds 16 MiB at most`);
    this.#sender = new FrameSender({ clients, clock, maxMbps, counters, onTooLarge });
    const registrations = this.#createRegistrations();
    this.#sweep = clock.every(SWEEP_MS, () => {
      this.#removeSilent();
      this.#sender.sweep();
      registrations.sweep();
    });
    options.listener.socket.on("message", (datagram, from) => registrations.message(datagram, from));
  }

  /** Those who are registered now. */
  get clients(): number {
    return this.#clients.size;
  }

  picture({ data }: { data: Buffer }): void {
    this.#sender.picture(data);
  }

  ended(error: { code: StreamErrorCode; message: string }): void {
    this.#watching = false;
    if (error.code !== "closed") this.#options.warn(error.message, error.code, error.message);
  }

  /** Sends everybody off; resolves when their sockets are gone. */
  async close(): Promise<void> {
    this.#sweep.cancel();
    await this.#clients.close();
  }

  #createRegistrations(): Registrations {
    const { listener, admission, clock, counters, warn } = this.#options;
    return new Registrations({
      ...{ listener, admission, clock, clients: this.#clients },
      onRegistered: (client, isNew) => {
        if (isNew) this.#log(client, "client connected");
        this.#watch();
      },
      onGone: (client) => this.#gone(client),
      onIgnored: () => {
        counters.ignoredDatagrams += 1;
      },
      // No token and a wrong one are two mistakes; what the system says differs from client to client.
      onRefused: (kind, name, reason) => {
        const subject = kind === "unauthorised" ? reason : kind;
        warn(subject, "connect-failed", `client ${name} is refused: ${reason}`);
      },
      onSendFailed: (error) => {
        counters.sendErrors += 1;
        warn(`send ${error.code}`, "connection-lost", `cannot send: ${error.message}`);
      },
    });
  }

  #removeSilent(): void {
    for (const client of this.#clients.removeSilent()) this.#gone(client);
  }

  #gone(client: ChunkedClient): void {
    this.#log(client, "client gone");
    this.#watch();
  }

  /** Whoever registers again has those tried again that could not be made. */
  #watch(): void {
    const isWatched = this.#clients.size > 0;
    if (isWatched === this.#watching) return;
    this.#watching = isWatched;
    if (isWatched) this.#options.feed.join(this);
    else this.#options.feed.leave(this);
  }

  #log({ name }: ChunkedClient, message: string): void {
    const { logger, url } = this.#options;
    logger.info({ url, client: name }, message);
  }
}
