import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Timer } from "../../lib/clock.js";
import { transportsOf } from "./camera-info.js";
import { HttpError } from "./http-error.js";
import { CLOSE, LiveClient } from "./live-client.js";
import { LiveFrames } from "./live-frame.js";
import type { WebCamera } from "./web-camera.js";
import type { WebRoute, WebRouteContext } from "./web-route.js";

const PATH = /^\/live(?:\/([^/]+))?$/;
/** A viewer has nothing to tell. */
const MAX_MESSAGE_BYTES = 1_024;
const PING_INTERVAL_MS = 10_000;

/** What a {@link LiveSocket} works with. */
export interface LiveSocketOptions extends WebRouteContext {
  /** How old the oldest byte on the way to a viewer may be, in milliseconds; it must exceed the round trip. */
  maxBacklogMs: number;
}

/**
 * H.264, H.265 and VP8 over WebSocket: `/live/CAMERA`, or `/live` for the first camera.
 * @see live-protocol.ts for what goes over the wire; RFC 6455
 */
export class LiveSocket implements WebRoute {
  readonly methods = ["GET"];
  readonly #options: LiveSocketOptions;
  readonly #server = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES },
  });
  readonly #frames = new WeakMap<WebCamera, LiveFrames>();
  readonly #clients = new Set<LiveClient>();
  readonly #gone = new Set<Promise<void>>();
  readonly #pings: Timer;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
    this.#pings = options.clock.every(PING_INTERVAL_MS, () => {
      for (const client of this.#clients) client.ping();
    });
  }

  matches(pathname: string): boolean {
    return PATH.test(pathname);
  }

  handle(): never {
    throw new HttpError(426, "this is a WebSocket", { Upgrade: "websocket", Connection: "Upgrade" });
  }

  upgrade(request: IncomingMessage, duplex: Duplex, head: Buffer): void {
    const camera = this.#camera(request);
    const socket = duplex as Socket;
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const { clock, logger, maxBacklogMs } = this.#options;
      const name = `${socket.remoteAddress?.replace(/^::ffff:/, "")} port ${socket.remotePort}`;
      const details = { camera: camera.id, client: name };
      const onSilent = (): void => logger.warn(details, "viewer gave no sign of life for 10 s");
      const frames = this.#framesOf(camera);
      const client = new LiveClient({ webSocket, socket, camera, frames, clock, maxBacklogMs, onSilent });
      this.#serve(client, socket, camera);
      logger.info(details, "viewer connected");
      socket.on("close", () => logger.info(details, "viewer gone"));
    });
  }

  async close(): Promise<void> {
    this.#pings.cancel();
    for (const client of this.#clients) client.dismiss(CLOSE.goingAway, "the server is closed");
    await Promise.all(this.#gone);
  }

  #serve(client: LiveClient, socket: Socket, camera: WebCamera): void {
    const onRemoved = (): void => client.dismiss(CLOSE.goingAway, "the camera was taken away");
    this.#clients.add(client);
    camera.viewersBy.websocket += 1;
    const gone = new Promise<void>((resolve) => {
      socket.on("close", () => {
        this.#clients.delete(client);
        this.#gone.delete(gone);
        camera.removed.removeEventListener("abort", onRemoved);
        camera.hub.remove(client);
        camera.viewersBy.websocket -= 1;
        resolve();
      });
    });
    this.#gone.add(gone);
    camera.removed.addEventListener("abort", onRemoved);
    client.join();
    camera.hub.add(client);
  }

  #camera({ url = "" }: IncomingMessage): WebCamera {
    const id = PATH.exec(new URL(url, "http://localhost").pathname)?.[1];
    const camera = this.#options.cameras.find(id === undefined ? undefined : decodeURIComponent(id));
    const { parameters } = camera.meter;
    if (!parameters || transportsOf(parameters.codec).includes("websocket")) return camera;
    throw new HttpError(415, `${parameters.codec} is not sent over a WebSocket; /stream.mjpg shows it`);
  }

  #framesOf(camera: WebCamera): LiveFrames {
    const frames = this.#frames.get(camera) ?? new LiveFrames(camera);
    this.#frames.set(camera, frames);
    return frames;
  }
}
