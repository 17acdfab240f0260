import type { Socket } from "node:net";
import type { Clock } from "../../lib/clock.js";
import type { Logger } from "../../lib/logger.js";
import { MAX_STREAM_EVENT_BYTES } from "../gateway/stream-namespace.js";
import { Telemetry } from "../telemetry/telemetry.js";
import type { TelemetrySource } from "../telemetry/telemetry-source.js";
import { CameraDirectory, type CameraPlace } from "./camera-directory.js";
import { cameraInfo } from "./camera-info.js";
import { checkOrigins } from "./check-origins.js";
import { DocumentRoute, jsonDocument } from "./document-route.js";
import { healthDocument } from "./health.js";
import { type ListeningSocket, openListeningSocket, type WebPlace } from "./listening-socket.js";
import { LiveSocket } from "./live-socket.js";
import { MjpegRoute } from "./mjpeg-route.js";
import { isLoopback, OriginCheck } from "./origin-check.js";
import { PageRoute } from "./page-route.js";
import { PageSocket } from "./page-socket.js";
import { openPublishing, type Publishing } from "./publishing.js";
import { StatusRoute } from "./status-route.js";
import type { WebCamera } from "./web-camera.js";
import { createMetrics, metricsDocument } from "./web-metrics.js";
import type { WebRoute } from "./web-route.js";
import { WebRouter } from "./web-router.js";
import { WhepRoute } from "./whep-route.js";

const DEFAULTS = { allowedOrigins: [], maxBacklogMs: 250, jpegQuality: 80 } as const;

/** Where a {@link WebServer} listens, and how it serves. */
export interface WebServerPlace extends WebPlace {
  /** Pages of other hosts that may use it, as browsers write them: `https://cockpit.example`. None by default. */
  allowedOrigins?: readonly string[];
  /** How old the oldest byte on the way to a viewer may be, in milliseconds; 250 by default. */
  maxBacklogMs?: number;
  /** Of the pictures that are made for MJPEG, 1 to 100; 80 by default. */
  jpegQuality?: number;
  /** What makes them, as for `locateFfmpeg`. */
  ffmpegPath?: string;
  /** What was built of the page; by default that of this package. */
  viewerFolder?: string;
}

/** What a {@link WebServer} works with. */
export interface WebServerContext {
  clock: Clock;
  logger: Logger;
  /** What the page is told of the vehicle; it stays its owner's. By default there is the machine's health only. */
  telemetry?: TelemetrySource;
  /** Cameras may push: by WHIP, and with socket.io for the signalling. By default none may. */
  publishing?: Publishing;
}

/** The page and everything it needs, for any number of cameras, on one port. */
export class WebServer implements AsyncDisposable {
  readonly #cameras: CameraDirectory;
  readonly #routes: readonly WebRoute[];
  readonly #router: WebRouter;
  /** What it opened itself. */
  #telemetry: Telemetry | undefined;
  readonly #listening: ListeningSocket;
  /** As it was asked for. */
  readonly place: WebServerPlace;
  #closed: Promise<void> | undefined;

  private constructor(place: WebServerPlace, listening: ListeningSocket, given: WebServerContext) {
    const { clock, logger } = given;
    this.place = place;
    this.#listening = listening;
    const { viewerFolder, ffmpegPath, maxBacklogMs, jpegQuality, allowedOrigins } = { ...DEFAULTS, ...place };
    const origins = new OriginCheck({ allowedOrigins, loopback: isLoopback(listening.address) });
    const cameras = new CameraDirectory();
    this.#cameras = cameras;
    const metrics = createMetrics(cameras);
    const context = { cameras, clock, logger, metrics };
    const { publishing } = given;
    const pages = new PageSocket({
      ...{ ...context, origins, telemetry: given.telemetry ?? this.#openTelemetry(given) },
      ...(publishing && { maxEventBytes: MAX_STREAM_EVENT_BYTES }),
    });
    const page = new PageRoute(viewerFolder);
    this.#routes = [
      new DocumentRoute("/cameras", () => jsonDocument([...cameras].map(cameraInfo))),
      new DocumentRoute("/healthz", () => healthDocument(cameras)),
      new DocumentRoute("/metrics", () => metricsDocument(metrics)),
      new LiveSocket({ ...context, maxBacklogMs }),
      new WhepRoute(context),
      new MjpegRoute({ ...context, maxBacklogMs, jpegQuality, ...(ffmpegPath !== undefined && { ffmpegPath }) }),
      pages,
      ...(publishing ? [new StatusRoute(cameras, page), openPublishing(publishing, { ...context, pages })] : []),
      // The last, since it is asked for everything else.
      page,
    ];
    const router = new WebRouter({ routes: this.#routes, origins, logger });
    this.#router = router;
    listening.server.on("request", (request, response) => void router.handle(request, response));
    listening.server.on("upgrade", (request, socket, head) => router.upgrade(request, socket as Socket, head));
    listening.server.on("error", (error) => logger.warn({}, `web: cannot take a client: ${error.message}`));
    tellRefusals(listening, logger);
  }

  /**
   * Listens; rejects with the reason of `signal` when that aborts before.
   * @throws StreamError `bind-failed`; `invalid-option` for an origin, a certificate or a key that is none
   */
  static async listen(place: WebServerPlace, context: WebServerContext, signal: AbortSignal): Promise<WebServer> {
    checkOrigins(place.allowedOrigins ?? []);
    return new WebServer(place, await openListeningSocket(place, signal), context);
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#listening.port;
  }

  /** Where a browser on this machine finds the page. */
  get url(): string {
    return `${this.#listening.url}/`;
  }

  /**
   * Shows a camera from now on.
   * @param place default: as it comes
   * @throws StreamError `invalid-option` where another has its id
   */
  add(camera: WebCamera, place?: CameraPlace): void {
    this.#cameras.add(camera, place);
  }

  /** Shows it no more; those who see it now are sent off when its owner removes it. One that is not there is no error. */
  remove(camera: WebCamera): void {
    this.#cameras.remove(camera);
  }

  /** Idempotent; resolves when every socket is gone. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #openTelemetry({ clock, logger }: WebServerContext): Telemetry {
    this.#telemetry = new Telemetry({ clock, logger });
    return this.#telemetry;
  }

  async #close(): Promise<void> {
    this.#router.close();
    await Promise.all(this.#routes.map((route) => route.close()));
    await Promise.all([this.#listening.close(), this.#telemetry?.close()]);
  }
}

/** Told once until there is room again: who is refused comes back at once. */
function tellRefusals({ server, port }: ListeningSocket, logger: Logger): void {
  let refusing = false;
  server.on("drop", () => {
    if (!refusing) logger.warn({ port }, `web: connections are refused: ${server.maxConnections} are open already`);
    refusing = true;
  });
  server.on("connection", () => {
    refusing = false;
  });
}
