import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { CERTIFICATE } from "../../support/self-signed.js";
import { PushAnswerer } from "./push-answerer.js";

/** What was asked of a {@link WhipServer}. */
export interface WhipAsked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How a {@link WhipServer} behaves; as the standard has it by default. */
export interface WhipServerOptions {
  tls?: boolean;
  port?: number;
  /** Answers any request. */
  answer?(asked: WhipAsked, response: ServerResponse, server: WhipServer): void | Promise<void>;
}

/** A server of WHIP, as small as can be, on a port of the loopback address. */
export class WhipServer implements AsyncDisposable {
  readonly asked: WhipAsked[] = [];
  readonly answerers: PushAnswerer[] = [];
  readonly #server: ReturnType<typeof createServer>;
  readonly #scheme: string;

  private constructor({ tls = false, answer = answerWhip }: WhipServerOptions) {
    const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const { method = "", url: path = "", headers } = request;
      const asked = { method, path, headers, body: await text(request) };
      this.asked.push(asked);
      await answer(asked, response, this);
    };
    this.#server = tls ? createSecureServer(CERTIFICATE, listener) : createServer(listener);
    this.#scheme = tls ? "https" : "http";
  }

  static async listen(options: WhipServerOptions = {}): Promise<WhipServer> {
    const server = new WhipServer(options);
    await once(server.#server.listen(options.port ?? 0, "127.0.0.1"), "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Of an output. */
  get url(): string {
    return `whip+${this.#scheme}://127.0.0.1:${this.port}/whip/cam`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const answerer of this.answerers) answerer.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Begins a session with an offer, whose address is relative; ends any. */
export async function answerWhip(asked: WhipAsked, response: ServerResponse, server: WhipServer): Promise<void> {
  if (asked.method === "DELETE") return void response.end();
  const answerer = await PushAnswerer.take(asked.body);
  server.answerers.push(answerer);
  response.writeHead(201, { "Content-Type": "application/sdp", Location: "cam/session" });
  response.end(await answerer.answer());
}
