import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Registry } from "prom-client";
import type { Clock } from "../../lib/clock.js";
import type { Logger } from "../../lib/logger.js";
import type { CameraDirectory } from "./camera-directory.js";

/** What every route is made with. */
export interface WebRouteContext {
  cameras: CameraDirectory;
  clock: Clock;
  logger: Logger;
  /** For figures of its own. */
  metrics: Registry;
}

/** One request, with its URL taken apart. */
export interface WebExchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** The path is decoded nowhere yet; the host is of no meaning. */
  url: URL;
}

/** One kind of address of the web server. */
export interface WebRoute {
  /** Methods that it knows, for OPTIONS and 405. */
  readonly methods: readonly string[];
  /** Whether a path is of this route. */
  matches(pathname: string): boolean;
  /**
   * Answers a request of one of its methods. It may go on writing after it returned.
   * @throws HttpError what the server answers instead
   */
  handle(exchange: WebExchange): void | Promise<void>;
  /** Takes over a connection that asked for a WebSocket, whose origin is checked. @throws HttpError */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends what is still open; resolves when all is gone. Idempotent. */
  close(): Promise<void>;
}
