import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "../../lib/logger.js";
import { HttpError } from "./http-error.js";
import type { OriginCheck } from "./origin-check.js";
import { preflightHeaders, securityHeaders } from "./security-headers.js";
import type { WebRoute } from "./web-route.js";

/** Those of which a page of another host could make use without reading the answer. */
const CHANGING = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** An answer of which the other side takes nothing. */
const UNTAKEN_MS = 60_000;

/** What a {@link WebRouter} works with. */
export interface WebRouterOptions {
  /** The first that matches answers. */
  routes: readonly WebRoute[];
  origins: OriginCheck;
  logger: Logger;
}

/** Leads requests to the routes, and answers those itself that no route can. */
export class WebRouter {
  readonly #options: WebRouterOptions;
  /** The last answer that is not whole yet, by connection. */
  readonly #answering = new WeakMap<Socket, ServerResponse>();
  #closed = false;

  constructor(options: WebRouterOptions) {
    this.#options = options;
  }

  /** Leads nobody anywhere any more, so that the routes can be closed. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  /** Answers one request; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origins } = this.#options;
    const { headers, socket, method = "" } = request;
    const crossOrigin = origins.allows(headers.origin);
    this.#follow(socket, response);
    for (const [name, value] of Object.entries(securityHeaders(headers, crossOrigin))) response.setHeader(name, value);
    try {
      this.#checkOpen();
      origins.checkHost(headers);
      if (CHANGING.has(method)) origins.checkOrigin(headers);
      const url = urlOf(request);
      const route = this.#options.routes.find((candidate) => candidate.matches(url.pathname));
      if (!route) throw new HttpError(404, `there is nothing at ${url.pathname.slice(0, 64)}`);
      // Live pictures may pause for as long as they like; who takes no finished answer is waited for no longer.
      socket.setTimeout(0);
      if (route.methods.includes(method)) await route.handle({ request, response, url });
      else answerOther(response, { method, allowed: new Set([...route.methods, "OPTIONS"]), crossOrigin });
      if (response.writableEnded) socket.setTimeout(UNTAKEN_MS);
    } catch (error) {
      this.#refuse(response, error);
    }
  }

  /** Leads a connection that asks for a WebSocket to its route; others are answered as if they had not asked. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on("error", () => {});
    // Node.js does not wait for the answers to what was asked before on this connection, and they would mix.
    if (this.#answering.has(socket)) return void socket.destroy();
    const { origins, routes } = this.#options;
    const { headers, method } = request;
    try {
      this.#checkOpen();
      // As HTTP demands of a server that does not know the protocol; some programs offer HTTP/2 this way.
      if (headers.upgrade?.toLowerCase() !== "websocket") {
        if (method !== "GET" && method !== "HEAD") throw new HttpError(400, "only a WebSocket is known as Upgrade");
        return void this.handle(request, respondOn(socket, request));
      }
      origins.checkHost(headers);
      origins.checkOrigin(headers);
      const { pathname } = urlOf(request);
      const route = routes.find((candidate) => candidate.upgrade && candidate.matches(pathname));
      if (!route?.upgrade) throw new HttpError(404, `no WebSocket at ${pathname.slice(0, 64)}`);
      route.upgrade(request, socket, head);
    } catch (error) {
      this.#refuse(respondOn(socket, request), error);
    }
  }

  /** Answers of one connection end in the order of their requests. */
  #follow(socket: Socket, response: ServerResponse): void {
    this.#answering.set(socket, response);
    response.once("close", () => this.#answering.get(socket) === response && this.#answering.delete(socket));
  }

  /** @throws HttpError 503 */
  #checkOpen(): void {
    if (this.#closed) throw new HttpError(503, "the server is being closed");
  }

  #refuse(response: ServerResponse, error: unknown): void {
    const known = error instanceof HttpError;
    if (!known) this.#options.logger.error({ error }, `web: a request failed: ${(error as Error)?.message}`);
    // Too late for a status: that the answer is broken off is all that can be told.
    if (response.headersSent) return void response.destroy();
    const { status, message, headers } = known ? error : new HttpError(500, "something here is broken; see the log");
    const body = `${message}\n`;
    response.writeHead(status, {
      ...{ "Content-Type": "text/plain; charset=utf-8", "Content-Length": Buffer.byteLength(body) },
      "Cache-Control": "no-store",
      ...headers,
    });
    response.end(body);
  }
}

/** @throws HttpError 400 */
function urlOf({ url = "" }: IncomingMessage): URL {
  const text = `http://localhost${url}`;
  if (!url.startsWith("/") || !URL.canParse(text)) throw new HttpError(400, "the address must begin with a slash");
  const parsed = new URL(text);
  try {
    decodeURIComponent(parsed.pathname);
  } catch {
    throw new HttpError(400, "the address has a % without two hexadecimal digits of UTF-8 behind it");
  }
  return parsed;
}

interface OtherMethod {
  method: string;
  allowed: ReadonlySet<string>;
  crossOrigin: boolean;
}

/** @throws HttpError 405 for anything but OPTIONS */
function answerOther(response: ServerResponse, { method, allowed, crossOrigin }: OtherMethod): void {
  const list = [...allowed].join(", ");
  if (method !== "OPTIONS") throw new HttpError(405, `${method} is not allowed here; ${list} is`, { Allow: list });
  response.writeHead(204, { Allow: list, ...(crossOrigin && preflightHeaders([...allowed])) }).end();
}

/** Answers on a connection that the HTTP server let go of; it is closed behind the answer. */
function respondOn(socket: Socket, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on("finish", () => socket.destroySoon());
  // That, too, the HTTP server does no more.
  socket.on("timeout", () => socket.destroy());
  return response;
}
