import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { type Clock, systemClock } from "../../../../lib/clock.js";
import { WebServer } from "../../../../server/web/web-server.js";
import { RecordingLogger } from "../../../support/recording-logger.js";
import type { WhepAnswer, WhepRequest } from "../../web/support/whep-stage.js";
import { FakeSlots } from "./fake-slots.js";
import { PushingCamera } from "./pushing-camera.js";

/** What an {@link IngestStage} may differ in. */
export interface IngestStageOptions {
  clock?: Clock;
  token?: string;
}

/** A web server to which cameras may push. */
export class IngestStage implements AsyncDisposable {
  readonly logger = new RecordingLogger();
  readonly slots = new FakeSlots();
  server!: WebServer;
  readonly #sockets: Socket[] = [];

  static async set({ clock = systemClock, token }: IngestStageOptions = {}): Promise<IngestStage> {
    const stage = new IngestStage();
    const publishing = { slots: stage.slots, ...(token !== undefined && { token }) };
    const context = { clock, logger: stage.logger, publishing };
    stage.server = await WebServer.listen({ host: "127.0.0.1", port: 0 }, context, new AbortController().signal);
    return stage;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** A client of socket.io that has been greeted, unless it is refused. */
  async socket(options: Partial<ManagerOptions & SocketOptions> = {}): Promise<Socket> {
    const usual = { transports: ["websocket"], reconnection: false, forceNew: true };
    const socket = io(`${this.origin}/stream`, { ...usual, ...options });
    this.#sockets.push(socket);
    await Promise.race([
      told(socket, "connected"),
      told(socket, "connect_error").then((error) => Promise.reject(error)),
    ]);
    return socket;
  }

  async ask(path: string, { method = "POST", type, body, headers = {} }: WhepRequest = {}): Promise<WhepAnswer> {
    const all = { ...headers, ...(type !== undefined && { "Content-Type": type }) };
    const asked = request(`${this.origin}${path}`, { method, headers: all, agent: false }).on("error", () => {});
    asked.end(body);
    const [answer] = await once(asked, "response");
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  }

  /** POSTs an offer. */
  post(sdp: string, cameraId = "left", headers: Record<string, string> = {}): Promise<WhepAnswer> {
    return this.ask(`/whip/${cameraId}`, { type: "application/sdp", body: sdp, headers });
  }

  /** A camera that pushes by WHIP, connected; with the path of its session. */
  async whip(cameraId = "left", codec: "h264" | "vp8" = "h264"): Promise<{ camera: PushingCamera; path: string }> {
    const camera = await PushingCamera.create(codec);
    const { status, headers, body } = await this.post(await camera.offer(), cameraId);
    if (status !== 201) throw new Error(`${status}: ${body}`);
    await camera.connect(body);
    await this.connected();
    return { camera, path: headers.location as string };
  }

  /** The newest session is connected on this side too, without which the other is not told of its end. */
  async connected(): Promise<void> {
    await this.slots.until(() => this.slots.sessions.at(-1)?.connected.length === 1);
  }

  /** The value of a counter. */
  async metric(name: string): Promise<number> {
    const { body } = await this.ask("/metrics", { method: "GET" });
    return Number(new RegExp(`^glasslink_ingest_${name}_total (\\d+)$`, "m").exec(body)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.disconnect();
    await this.server.close();
  }
}

/** What the next of an event says. */
export function told<T>(socket: Socket, event: string): Promise<T> {
  return new Promise((resolve) => socket.once(event, resolve));
}
