import { type IncomingMessage, ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "../../lib/logger.js";
import { HttpError } from "./http-error.js";
import type { OriginCheck } from "./origin-check.js";
import { preflightHeaders, securityHeaders } from "./security-headers.js";
import type { WebRoute } from "./web-route.js";

/** Those of which a page of another host could make use without reading the answer. */
const CHANGING = new Set(["POST", "PUT", "PATCH", "DELETE"]);

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

  constructor(options: WebRouterOptions) {
    this.#options = options;
  }

  /** Answers one request; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origins } = this.#options;
    const { headers, socket } = request;
    const crossOrigin = origins.allows(headers.origin);
    for (const [name, value] of Object.entries(securityHeaders(headers, crossOrigin))) response.setHeader(name, value);
    try {
      origins.checkHost(headers);
      const url = urlOf(request);
      const route = this.#find(url, request);
      if (route) await route.handle({ request, response, url });
      else answerOptions(response, this.#methods(url), crossOrigin);
      // What goes on being written, such as live pictures, may pause for as long as it likes.
      if (!response.writableEnded) socket.setTimeout(0);
    } catch (error) {
      this.#refuse(response, error);
    }
  }

  /** Leads a connection that asks for a WebSocket to its route; others are answered as if they had not asked. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on("error", () => {});
    const { origins } = this.#options;
    // As HTTP demands of a server that does not know the protocol; some programs offer HTTP/2 this way.
    if (request.headers.upgrade?.toLowerCase() !== "websocket")
      return void this.handle(request, respondOn(socket, request));
    try {
      origins.checkHost(request.headers);
      origins.checkOrigin(request.headers);
      const url = urlOf(request);
      const route = this.#options.routes.find((candidate) => candidate.upgrade && candidate.matches(url.pathname));
      if (!route?.upgrade) throw new HttpError(404, `no WebSocket at ${url.pathname.slice(0, 64)}`);
      route.upgrade(request, socket, head);
    } catch (error) {
      this.#refuse(respondOn(socket, request), error);
    }
  }

  /** Undefined for an OPTIONS request that the route leaves to us. @throws HttpError 403, 404, 405 */
  #find({ pathname }: URL, { method = "", headers }: IncomingMessage): WebRoute | undefined {
    const matching = this.#options.routes.filter((route) => route.matches(pathname));
    if (matching.length === 0) throw new HttpError(404, `there is nothing at ${pathname.slice(0, 64)}`);
    if (CHANGING.has(method)) this.#options.origins.checkOrigin(headers);
    const route = matching.find(({ methods }) => methods.includes(method));
    if (route || method === "OPTIONS") return route;
    const allowed = matching.flatMap(({ methods }) => methods).join(", ");
    throw new HttpError(405, `${method} is not allowed here; ${allowed} is`, { Allow: allowed });
  }

  #methods({ pathname }: URL): string[] {
    const matching = this.#options.routes.filter((route) => route.matches(pathname));
    return [...new Set([...matching.flatMap(({ methods }) => methods), "OPTIONS"])];
  }

  #refuse(response: ServerResponse, error: unknown): void {
    const known = error instanceof HttpError;
    if (!known) this.#options.logger.error({ error }, `web: a request failed: ${(error as Error)?.message}`);
    // Too late for a status: that the answer is broken off is all that can be told.
    if (response.headersSent) return void response.destroy();
    const { status, message, headers } = known ? error : new HttpError(500, "something here is broken; see the log");
    const body = message === "" ? "" : `${message}\n`;
    response.writeHead(status, STATUS_CODES[status], {
      ...(body !== "" && { "Content-Type": "text/plain; charset=utf-8", "Content-Length": Buffer.byteLength(body) }),
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

function answerOptions(response: ServerResponse, methods: readonly string[], crossOrigin: boolean): void {
  response.writeHead(204, { Allow: methods.join(", "), ...(crossOrigin && preflightHeaders(methods)) }).end();
}

/** Answers on a connection that the HTTP server let go of; it is closed behind the answer. */
function respondOn(socket: Socket, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on("finish", () => socket.destroySoon());
  return response;
}
