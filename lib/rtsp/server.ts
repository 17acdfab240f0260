import { createServer, type Server, type Socket } from "node:net";
import { bindFailure } from "../bind-failure.js";
import type { Clock, Timer } from "../clock.js";
import { StreamError } from "../errors.js";
import type { Logger } from "../logger.js";
import { lookUpHost } from "../look-up-host.js";
import { startListening } from "../start-listening.js";
import { formatStreamUrl } from "../stream-url.js";
import { RtspServerConnection } from "./server-connection.js";
import type { RtspPath } from "./server-path.js";

const DEFAULTS = { maxConnections: 2_048 };
const SWEEP_INTERVAL_MS = 5_000;

/** What an {@link RtspServer} works with. */
export interface RtspServerOptions {
  clock: Clock;
  logger: Logger;
  /** At a time, whatever they want; for another one, the one without a session that is silent longest goes. */
  maxConnections?: number;
}

/**
 * One port that speaks RTSP 1.0, for any number of paths. It knows messages, sessions and who may ask; what a path
 * plays or takes is the path's own business.
 * @see RFC 2326
 */
export class RtspServer {
  readonly #options: Required<RtspServerOptions>;
  readonly #server: Server;
  readonly #connections = new Set<RtspServerConnection>();
  readonly #paths = new Map<string, RtspPath>();
  readonly #sweep: Timer;
  #port = 0;

  private constructor(options: RtspServerOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    this.#server.on("connection", (socket) => this.#accept(socket));
    this.#sweep = options.clock.every(SWEEP_INTERVAL_MS, () => {
      for (const connection of this.#connections) connection.sweep();
    });
  }

  /**
   * Listens; rejects with the reason of `signal` when that aborts before.
   * @param place an empty host is every address; port 0 is any free one
   * @throws StreamError `bind-failed`
   */
  static async listen(
    place: { host: string; port: number },
    options: RtspServerOptions,
    signal: AbortSignal,
  ): Promise<RtspServer> {
    const server = new RtspServer(options);
    try {
      await server.#listen(place, signal);
    } catch (error) {
      await server.close();
      signal.throwIfAborted();
      throw bindFailed(place, error as NodeJS.ErrnoException);
    }
    return server;
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#port;
  }

  /**
   * Serves a path from now on.
   * @throws StreamError `bind-failed` when it is taken
   */
  add(path: RtspPath): void {
    if (this.#paths.has(path.path)) {
      throw new StreamError("bind-failed", `port ${this.#port} serves the path "${path.path}" already`);
    }
    this.#paths.set(path.path, path);
  }

  /** Serves it no more; its sessions end. */
  remove(path: RtspPath): void {
    if (this.#paths.get(path.path) !== path) return;
    this.#paths.delete(path.path);
    for (const connection of this.#connections) connection.forget(path);
  }

  /** Resolves when every socket is gone. */
  async close(): Promise<void> {
    this.#sweep.cancel();
    for (const connection of this.#connections) connection.close("the server is closed");
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #listen({ host, port }: { host: string; port: number }, signal: AbortSignal): Promise<void> {
    const { address } = host === "" ? { address: undefined } : await lookUpHost(host, signal);
    await startListening(this.#server, { port, ...(address !== undefined && { host: address }) }, signal);
    const bound = this.#server.address();
    if (bound !== null && typeof bound === "object") this.#port = bound.port;
    this.#server.on("error", (error) => {
      this.#options.logger.warn({ port: this.#port }, `RTSP: cannot take a client: ${error.message}`);
    });
  }

  #accept(socket: Socket): void {
    socket.on("error", () => {});
    if (this.#connections.size >= this.#options.maxConnections && !this.#makeRoom()) {
      return void socket.resetAndDestroy();
    }
    const connection = new RtspServerConnection({
      ...{ socket, ...this.#options },
      findPath: (pathname) => this.#find(pathname),
    });
    this.#connections.add(connection);
    socket.on("close", () => this.#connections.delete(connection));
  }

  /** So that whoever opens connections by the thousand shuts nobody out; gives whether one could go. */
  #makeRoom(): boolean {
    let silent: RtspServerConnection | undefined;
    for (const connection of this.#connections) {
      if (connection.silentSinceMs < (silent?.silentSinceMs ?? Number.POSITIVE_INFINITY)) silent = connection;
    }
    silent?.close("room for another connection");
    if (silent) this.#connections.delete(silent);
    return silent !== undefined;
  }

  /** The path that is asked for, or above it; the longest wins. */
  #find(pathname: string): RtspPath | undefined {
    const above = [...this.#paths.values()].filter(({ path }) => pathname === path || pathname.startsWith(`${path}/`));
    return above.sort((one, other) => other.path.length - one.path.length)[0];
  }
}

const NEEDED =
  "run as root, give Node.js the right (AmbientCapabilities=CAP_NET_BIND_SERVICE in a systemd unit, or setcap " +
  "cap_net_bind_service=+ep on its executable), or take 8554, which needs none and which every player accepts";

function bindFailed({ host, port }: { host: string; port: number }, error: NodeJS.ErrnoException): StreamError {
  const privilege = `port ${port} is below 1024 and needs a privilege: ${NEEDED}`;
  return bindFailure({ url: formatStreamUrl("rtsp", host, port), host, port, privilege }, error);
}
