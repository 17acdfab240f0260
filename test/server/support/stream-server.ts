import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "socket.io";
import { PushAnswerer } from "./push-answerer.js";

/** What a camera client sends. */
export interface StreamOffer {
  cameraId: string;
  offer: { type: string; sdp: string };
}

/** How a {@link StreamServer} behaves; as the protocol has it by default. */
export interface StreamServerOptions {
  token?: string;
  port?: number;
  /** Greets a client; says `connected` by default. */
  greet?(socket: Socket): void;
  /** Answers an offer; with a connection that is kept in `answerers` by default. */
  answer?(socket: Socket, offer: StreamOffer, server: StreamServer): void | Promise<void>;
}

/** A server of the protocol of camera clients, as small as can be, on a port of the loopback address. */
export class StreamServer implements AsyncDisposable {
  readonly offers: StreamOffer[] = [];
  readonly answerers: PushAnswerer[] = [];
  /** Every event that clients sent, by name, but for offers. */
  readonly events: [name: string, value: unknown][] = [];
  readonly sockets: Socket[] = [];
  readonly #http: HttpServer;
  readonly #io: Server;

  private constructor({ token, greet, answer }: StreamServerOptions) {
    this.#http = createServer();
    this.#io = new Server(this.#http, { serveClient: false });
    const namespace = this.#io.of("/stream");
    namespace.use((socket, next) => {
      const refusal = Object.assign(new Error("the token is wrong"), { data: { code: "unauthorized" } });
      next(token === undefined || socket.handshake.auth.token === token ? undefined : refusal);
    });
    namespace.on("connection", (socket) => {
      this.sockets.push(socket);
      socket.onAny((name: string, value: unknown) => name !== "offer" && this.events.push([name, value]));
      socket.on("offer", (offer: StreamOffer) => {
        this.offers.push(offer);
        void (answer ?? takeOffer)(socket, offer, this);
      });
      if (greet) greet(socket);
      else socket.emit("connected", { namespace: "/stream" });
    });
  }

  static async listen(options: StreamServerOptions = {}): Promise<StreamServer> {
    const server = new StreamServer(options);
    await once(server.#http.listen(options.port ?? 0, "127.0.0.1"), "listening");
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `webrtc+http://127.0.0.1:${this.port}/stream`;
  }

  /** Makes a connection of an offer. */
  async take({ offer }: StreamOffer, codec: "h264" | "vp8" = "h264"): Promise<PushAnswerer> {
    const answerer = await PushAnswerer.take(offer.sdp, codec);
    this.answerers.push(answerer);
    return answerer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const answerer of this.answerers) answerer.close();
    await this.#io.close();
  }
}

/** Makes a connection of an offer, and answers with it. */
export async function takeOffer(
  socket: Socket,
  offer: StreamOffer,
  server: StreamServer,
  codec: "h264" | "vp8" = "h264",
): Promise<void> {
  const answerer = await server.take(offer, codec);
  socket.emit("answer", { cameraId: offer.cameraId, answer: { type: "answer", sdp: await answerer.answer() } });
}
