import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { bindFailure } from "../../lib/bind-failure.js";
import { StreamError } from "../../lib/errors.js";
import { lookUpHost } from "../../lib/look-up-host.js";
import { startListening } from "../../lib/start-listening.js";
import { formatStreamUrl } from "../../lib/stream-url.js";
import type { OutputContext } from "./output.js";

/** Where clients may connect, and how many of them. */
export interface TcpListenerOptions {
  /** Of the output's URL. */
  scheme: string;
  /** Local address; empty: all of them, IPv4 and IPv6. */
  host: string;
  /** 0: any free one. */
  port: number;
  /** Connections at a time; more are reset. */
  maxClients: number;
}

/** A client that has connected and is to be served. */
export interface TcpVisitor {
  socket: Socket;
  /** To be called when it took nothing for 10 s and is closed now. */
  onSilent(): void;
}

/** Takes the clients of an output that listens: lets in as many as may be, and says who came and went. */
export class TcpListener {
  readonly #options: TcpListenerOptions;
  readonly #sockets = new Set<Socket>();
  #port: number;
  #refusing = false;

  constructor(options: TcpListenerOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** With the real port, once there is one. */
  get url(): string {
    const { scheme, host } = this.#options;
    return formatStreamUrl(scheme, host, this.#port);
  }

  /** Who is connected. */
  get clients(): number {
    return this.#sockets.size;
  }

  /**
   * Listens until `signal` aborts; `serve` is given every client that is let in. When the promise settles, every socket
   * is gone.
   * @throws StreamError `bind-failed`
   */
  async run(context: OutputContext, signal: AbortSignal, serve: (visitor: TcpVisitor) => void): Promise<void> {
    const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true });
    server.on("connection", (socket) => this.#accept(socket, context, serve));
    try {
      await this.#listen(server, signal);
      // From here on an error is one of a single connection that could not be taken.
      server.on("error", (error) => {
        context.warning(new StreamError("connect-failed", `${this.url}: cannot take a client: ${error.message}`));
      });
      context.ready();
      if (!signal.aborted) await once(signal, "abort");
    } catch (error) {
      if (!signal.aborted)
        throw bindFailure({ url: this.url, host: this.#options.host, port: this.#port }, error as Error);
    } finally {
      for (const socket of this.#sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  async #listen(server: Server, signal: AbortSignal): Promise<void> {
    const { host } = this.#options;
    // A server that looks the name up itself listens when it has found it, even if it was closed by then.
    const { address: local } = host === "" ? { address: undefined } : await lookUpHost(host, signal);
    await startListening(server, { port: this.#port, ...(local === undefined ? {} : { host: local }) }, signal);
    const address = server.address();
    // A port that was free once is kept, so that clients find it again after a restart.
    if (address !== null && typeof address === "object") this.#port = address.port;
  }

  #accept(socket: Socket, context: OutputContext, serve: (visitor: TcpVisitor) => void): void {
    const { logger, warning } = context;
    const name = `${socket.remoteAddress?.replace(/^::ffff:/, "")} port ${socket.remotePort}`;
    if (this.#sockets.size >= this.#options.maxClients) {
      socket.on("error", () => {});
      socket.resetAndDestroy();
      this.#tellRefusal(name, context);
      return;
    }
    this.#refusing = false;
    this.#sockets.add(socket);
    logger.info({ url: this.url, client: name }, "client connected");
    socket.on("close", () => {
      this.#sockets.delete(socket);
      logger.info({ url: this.url, client: name }, "client gone");
    });
    const onSilent = (): void =>
      warning(new StreamError("stalled", `${this.url}: client ${name} took nothing for 10 s and is closed`));
    serve({ socket, onSilent });
  }

  /** Told once until there is room again: a client that is refused comes back at once. */
  #tellRefusal(name: string, context: OutputContext): void {
    if (this.#refusing) return;
    this.#refusing = true;
    const { maxClients } = this.#options;
    const reason = `client ${name} is refused: ${maxClients} are connected already (maxClients=${maxClients})`;
    context.warning(new StreamError("connect-failed", `${this.url}: ${reason}`));
  }
}
