import type { IncomingMessage, ServerResponse } from "node:http";
import { JpegFeed } from "../jpeg/jpeg-feed.js";
import { HttpError } from "./http-error.js";
import { waitForJpeg } from "./jpeg-wait.js";
import { MjpegClient } from "./mjpeg-client.js";
import { partsFor, STREAM_HEADERS } from "./mjpeg-parts.js";
import { answerSnapshot } from "./snapshot-answer.js";
import type { WebCamera } from "./web-camera.js";
import type { WebExchange, WebRoute, WebRouteContext } from "./web-route.js";

const STREAM_PATH = "/stream.mjpg";
const SNAPSHOT_PATH = "/snapshot.jpg";
const DEFAULT_QUALITY = 80;
const DEFAULT_BACKLOG_MS = 250;
/** Longer than ffmpeg takes to load; a stream whose pictures come later begins without them. */
const PATIENCE_MS = 2_000;
const FPS = { least: 0.1, most: 120 } as const;

/** What a {@link MjpegRoute} works with. */
export interface MjpegRouteOptions extends WebRouteContext {
  /** Of pictures that are coded here, 1 to 100; 80 by default. */
  jpegQuality?: number;
  /** How old the oldest byte on the way to a viewer may be, in milliseconds; 250 by default. */
  maxBacklogMs?: number;
  /** As for `locateFfmpeg`. */
  ffmpegPath?: string;
}

interface Served {
  feed: JpegFeed;
  onRemoved(): void;
}

/**
 * `/stream.mjpg` and `/snapshot.jpg`, each with `?camera=id`: for programs that know only JPEG, and for browsers that
 * show nothing better. The stream takes `?fps=` as well, pictures a second at most.
 */
export class MjpegRoute implements WebRoute {
  readonly methods = ["GET", "HEAD"];
  readonly #options: MjpegRouteOptions;
  readonly #served = new Map<WebCamera, Served>();
  /** Feeds of cameras that were removed, until their children are gone. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: MjpegRouteOptions) {
    this.#options = options;
  }

  matches(pathname: string): boolean {
    return pathname === STREAM_PATH || pathname === SNAPSHOT_PATH;
  }

  async handle({ request, response, url }: WebExchange): Promise<void> {
    const camera = this.#options.cameras.find(url.searchParams.get("camera") ?? undefined);
    if (url.pathname === SNAPSHOT_PATH) {
      const { clock } = this.#options;
      return answerSnapshot(response, { feed: this.#feedOf(camera), clock, name: camera.id });
    }
    const fps = fpsOf(url);
    if (request.method === "HEAD") return void writeHead(response).end();
    await this.#stream(camera, { request, response, ...(fps !== undefined && { fps }) });
  }

  /** Idempotent; resolves when every connection and every child is gone. */
  async close(): Promise<void> {
    for (const camera of [...this.#served.keys()]) this.#sendOff(camera);
    await Promise.all(this.#leaving);
  }

  async #stream(
    camera: WebCamera,
    { request, response, fps }: { request: IncomingMessage; response: ServerResponse; fps?: number },
  ): Promise<void> {
    const { clock, logger, maxBacklogMs = DEFAULT_BACKLOG_MS } = this.#options;
    const { socket } = request;
    const feed = this.#feedOf(camera);
    // Why ffmpeg cannot be used is told while there is a status to tell it by.
    const [unit] = camera.hub.gop.units();
    if (unit && unit.codec !== "mjpeg") await waitForJpeg(feed, clock, PATIENCE_MS);
    // What was asked before on this connection is not answered yet, and a stream would be written in between.
    if (response.socket === null && !socket.destroyed) throw new HttpError(400, "a stream needs its own connection");
    if (socket.destroyed || this.#served.get(camera)?.feed !== feed) return void response.destroy();
    writeHead(response).flushHeaders();
    const client = new MjpegClient({
      ...{ socket, camera, clock, maxBacklogMs, parts: partsFor(request.headers), ...(fps !== undefined && { fps }) },
      onSilent: () => logger.warn({ camera: camera.id }, "web: a viewer of MJPEG took nothing for 10 s and is closed"),
    });
    camera.viewersBy.mjpeg += 1;
    socket.once("close", () => {
      camera.viewersBy.mjpeg -= 1;
      feed.leave(client);
    });
    feed.join(client);
  }

  #feedOf(camera: WebCamera): JpegFeed {
    const known = this.#served.get(camera);
    if (known) return known.feed;
    const { clock, logger, jpegQuality: quality = DEFAULT_QUALITY, ffmpegPath } = this.#options;
    const feed = new JpegFeed({ camera, clock, logger, quality, ...(ffmpegPath !== undefined && { ffmpegPath }) });
    const onRemoved = (): void => this.#sendOff(camera);
    this.#served.set(camera, { feed, onRemoved });
    camera.removed.addEventListener("abort", onRemoved, { once: true });
    return feed;
  }

  #sendOff(camera: WebCamera): void {
    const served = this.#served.get(camera);
    if (!served) return;
    this.#served.delete(camera);
    camera.removed.removeEventListener("abort", served.onRemoved);
    const gone = served.feed.close().then(() => void this.#leaving.delete(gone));
    this.#leaving.add(gone);
  }
}

/** Without a length and without chunks: the stream's end is the connection's. */
function writeHead(response: ServerResponse): ServerResponse {
  response.removeHeader("Transfer-Encoding");
  return response.writeHead(200, STREAM_HEADERS);
}

/** @throws HttpError 400 */
function fpsOf(url: URL): number | undefined {
  const text = url.searchParams.get("fps");
  if (text === null) return undefined;
  const fps = text.trim() === "" ? Number.NaN : Number(text);
  if (fps >= FPS.least && fps <= FPS.most) return fps;
  throw new HttpError(400, `fps = ${JSON.stringify(text.slice(0, 32))}: allowed: ${FPS.least} to ${FPS.most}`);
}
