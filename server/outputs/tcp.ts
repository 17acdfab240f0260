import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError } from "../../lib/errors.js";
import { lookUpHost } from "../../lib/look-up-host.js";
import { describeAddresses } from "../../lib/network-interfaces.js";
import { formatStreamUrl } from "../../lib/stream-url.js";
import { wireBytes } from "./delimiter.js";
import type { Output, OutputContext, OutputStats } from "./output.js";
import { requireRawCodec } from "./raw-codec.js";
import { TcpClient, type TcpCounters } from "./tcp-client.js";

/** How a listening TCP output is set up. */
export interface TcpOutputOptions {
  /** Local address; empty: all of them, IPv4 and IPv6. */
  host: string;
  /** 0: any free one. */
  port: number;
  /** What a client is given first: the current group of pictures at once, or the next keyframe. */
  join: "gop" | "keyframe";
  /** How old the oldest byte on the way to a client may be, in milliseconds; it must exceed the round trip. */
  maxBacklogMs: number;
  /** Connections at a time; more are reset. */
  maxClients: number;
}

/** The raw byte stream for any number of TCP clients: Annex B with delimiters, or JPEG after JPEG. */
export class TcpOutput implements Output {
  readonly retryCeilingMs = 1_000;
  readonly #options: TcpOutputOptions;
  readonly #clients = new Map<Socket, TcpClient>();
  readonly #counters: TcpCounters = { sentBytes: 0, droppedUnits: 0 };
  #port: number;
  #refusing = false;

  constructor(options: TcpOutputOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  get url(): string {
    return formatStreamUrl("tcp", this.#options.host, this.#port);
  }

  async run(context: OutputContext, signal: AbortSignal): Promise<void> {
    const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true });
    server.on("connection", (socket) => this.#accept(socket, context));
    try {
      await this.#listen(server, signal);
      // From here on an error is one of a single connection that could not be taken.
      server.on("error", (error) => {
        context.warning(new StreamError("connect-failed", `${this.url}: cannot take a client: ${error.message}`));
      });
      context.ready();
      if (!signal.aborted) await once(signal, "abort");
    } catch (error) {
      if (!signal.aborted) throw this.#bindFailed(error as NodeJS.ErrnoException);
    } finally {
      for (const socket of this.#clients.keys()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  unit(unit: AccessUnit): void {
    requireRawCodec(unit.codec);
    if (this.#clients.size === 0) return;
    const wire = wireBytes(unit);
    for (const client of this.#clients.values()) client.send(unit, wire);
  }

  stats(): OutputStats {
    return { url: this.url, clients: this.#clients.size, ...this.#counters };
  }

  async #listen(server: Server, signal: AbortSignal): Promise<void> {
    const { host } = this.#options;
    // A server that looks the name up itself listens when it has found it, even if it was closed by then.
    const { address: local } = host === "" ? { address: undefined } : await lookUpHost(host, signal);
    server.listen({ port: this.#port, ...(local === undefined ? {} : { host: local }) });
    await once(server, "listening", { signal });
    const address = server.address();
    // A port that was free once is kept, so that clients find it again after a restart.
    if (address !== null && typeof address === "object") this.#port = address.port;
  }

  #accept(socket: Socket, context: OutputContext): void {
    const { maxClients, maxBacklogMs, join } = this.#options;
    const name = `${socket.remoteAddress?.replace(/^::ffff:/, "")} port ${socket.remotePort}`;
    if (this.#clients.size >= maxClients) {
      socket.on("error", () => {});
      socket.resetAndDestroy();
      this.#tellRefusal(name, context);
      return;
    }
    this.#refusing = false;
    const onSilent = (): void =>
      context.warning(new StreamError("stalled", `${this.url}: client ${name} took nothing for 10 s and is closed`));
    const { clock, logger, gop } = context;
    const client = new TcpClient({ socket, clock, maxBacklogMs, counters: this.#counters, onSilent });
    this.#clients.set(socket, client);
    logger.info({ url: this.url, client: name }, "client connected");
    socket.on("close", () => {
      this.#clients.delete(socket);
      logger.info({ url: this.url, client: name }, "client gone");
    });
    if (join === "gop") client.join(gop.units());
  }

  /** Told once until there is room again: a client that is refused comes back at once. */
  #tellRefusal(name: string, context: OutputContext): void {
    if (this.#refusing) return;
    this.#refusing = true;
    const { maxClients } = this.#options;
    const reason = `client ${name} is refused: ${maxClients} are connected already (maxClients=${maxClients})`;
    context.warning(new StreamError("connect-failed", `${this.url}: ${reason}`));
  }

  #bindFailed(error: NodeJS.ErrnoException): StreamError {
    const noAddress = `${this.#options.host} is no address of this machine; it has ${describeAddresses()}`;
    const reasons: Record<string, string> = {
      EADDRINUSE: `port ${this.#port} is in use already`,
      EACCES: `port ${this.#port} needs more rights; ports from 1024 on do not`,
      EADDRNOTAVAIL: noAddress,
      ENOTFOUND: noAddress,
    };
    const reason = reasons[error.code ?? ""] ?? error.message;
    return new StreamError("bind-failed", `${this.url}: cannot listen: ${reason}`, { cause: error });
  }
}
