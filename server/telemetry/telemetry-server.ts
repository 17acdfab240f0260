import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server, Socket } from "socket.io";
import { type Clock, systemClock } from "../../lib/clock.js";
import { type Logger, silentLogger } from "../../lib/logger.js";
import {
  TELEMETRY_PORT,
  type TelemetryClientEvents,
  type TelemetryServerEvents,
} from "../../lib/telemetry/telemetry-protocol.js";
import { checkOrigins } from "../web/check-origins.js";
import { type ListeningSocket, openListeningSocket, type TlsFiles } from "../web/listening-socket.js";
import { isLoopback } from "../web/origin-check.js";
import { type ServedTelemetry, type ServedTelemetryStats, serveTelemetry } from "./serve-telemetry.js";
import { MAX_SOCKETS, SOCKET_OPTIONS } from "./socket-options.js";
import { TelemetryOrigins } from "./telemetry-origins.js";
import type { TelemetrySource } from "./telemetry-source.js";
import { WaitingPackets } from "./waiting-packets.js";

const GREETING = "glasslink telemetry; connect with socket.io 4\n";

/** Where a {@link TelemetryServer} listens. */
export interface TelemetryPlace {
  /** Local address; default empty: all of them, IPv4 and IPv6. */
  host?: string;
  /** Default 8001; 0: any free one. */
  port?: number;
  /** Absent: plain HTTP. */
  tls?: TlsFiles;
  /** Pages of other hosts that may use it, as browsers write them: `https://cockpit.example`. None by default. */
  allowedOrigins?: readonly string[];
}

/** What a {@link TelemetryServer} works with. */
export interface TelemetryServerContext {
  /** Default: the machine's. */
  clock?: Clock;
  /** Default: silence. */
  logger?: Logger;
  /** Ends the search for an address. */
  signal?: AbortSignal;
}

interface Served {
  SocketServer: typeof Server;
  source: TelemetrySource;
  clock: Clock;
  logger: Logger;
}

/** Telemetry on a port of its own, by socket.io 4. */
export class TelemetryServer implements AsyncDisposable {
  readonly #listening: ListeningSocket;
  readonly #io: Server<TelemetryClientEvents, TelemetryServerEvents>;
  readonly #served: ServedTelemetry;
  #closed: Promise<void> | undefined;

  private constructor(place: TelemetryPlace, listening: ListeningSocket, served: Served) {
    const { allowedOrigins = [] } = place;
    const { SocketServer, source, logger } = served;
    this.#listening = listening;
    const origins = new TelemetryOrigins({ allowedOrigins, loopback: isLoopback(listening.address) });
    listening.server.on("request", answer);
    listening.server.on("error", (error) => logger.warn({}, `telemetry: cannot take a viewer: ${error.message}`));
    this.#io = new SocketServer(listening.server, {
      ...SOCKET_OPTIONS,
      allowRequest: ({ headers }, decide) => {
        const isFull = this.#io.engine.clientsCount >= MAX_SOCKETS;
        const refusal = isFull ? `${MAX_SOCKETS} viewers are connected already` : origins.refusal(headers);
        if (refusal !== undefined) logger.debug({ origin: headers.origin }, `telemetry: refused: ${refusal}`);
        decide(refusal ?? null, refusal === undefined);
      },
      cors: ({ headers }: Pick<IncomingMessage, "headers">, decide) =>
        decide(null, { origin: origins.answerFor(headers) }),
    });
    // From the beginning: what is asked before a viewer is accepted, or in vain, has its answers too.
    this.#io.engine.on("connection", (connection: Socket["conn"]) => void new WaitingPackets(connection));
    this.#served = serveTelemetry(this.#io, source, served);
  }

  /**
   * Listens, and serves `source`, which stays its owner's.
   * @throws StreamError `bind-failed`; `invalid-option` for an origin, a certificate or a key that is none
   */
  static async listen(
    place: TelemetryPlace,
    source: TelemetrySource,
    context: TelemetryServerContext = {},
  ): Promise<TelemetryServer> {
    const { clock = systemClock, logger = silentLogger, signal = new AbortController().signal } = context;
    const { host = "", port = TELEMETRY_PORT, tls, allowedOrigins = [] } = place;
    checkOrigins(allowedOrigins);
    // It takes a while to load, and who imports the sender need not want it.
    const { Server: SocketServer } = await import("socket.io");
    const listening = await openListeningSocket({ host, port, ...(tls && { tls }) }, signal);
    return new TelemetryServer(place, listening, { SocketServer, source, clock, logger });
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#listening.port;
  }

  /** Where a program on this machine finds it. */
  get url(): string {
    return this.#listening.url;
  }

  /** Figures of this moment. */
  stats(): ServedTelemetryStats {
    return this.#served.stats();
  }

  /** Idempotent; resolves when every connection is gone. */
  close(): Promise<void> {
    this.#served.close();
    this.#closed ??= this.#io.close().then(() => this.#listening.close());
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** For people who look what is on the port. */
function answer({ method, url }: IncomingMessage, response: ServerResponse): void {
  const [status, body] =
    url === "/" && (method === "GET" || method === "HEAD") ? [200, GREETING] : [404, "not found\n"];
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": body.length,
    "X-Content-Type-Options": "nosniff",
  });
  response.end(method === "HEAD" ? undefined : body);
}
