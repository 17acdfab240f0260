import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type Namespace, Server, type Socket } from "socket.io";
import type { Timer } from "../../lib/clock.js";
import type { TelemetryClientEvents, TelemetryServerEvents } from "../../lib/telemetry/telemetry-protocol.js";
import { type ServedTelemetry, serveTelemetry } from "../telemetry/serve-telemetry.js";
import { MAX_SOCKETS, SOCKET_OPTIONS } from "../telemetry/socket-options.js";
import type { TelemetrySource } from "../telemetry/telemetry-source.js";
import { WaitingPackets } from "../telemetry/waiting-packets.js";
import { cameraInfo } from "./camera-info.js";
import { cameraTime } from "./camera-time.js";
import type { CameraInfo, CameraTime, PageEvents } from "./live-protocol.js";
import type { OriginCheck } from "./origin-check.js";
import type { WebCamera } from "./web-camera.js";
import type { WebExchange, WebRoute, WebRouteContext } from "./web-route.js";

const PATH = "/socket.io/";
const LOOK_INTERVAL_MS = 100;
const LOOKS_PER_SECOND = 10;
/** Telemetry's among them; for who has more before it, news of the cameras can wait. */
const MOST_WAITING_PACKETS = 8;

type PageServer = Server<TelemetryClientEvents, TelemetryServerEvents & PageEvents>;
type PageClient = Socket<TelemetryClientEvents, TelemetryServerEvents & PageEvents>;

/** What a {@link PageSocket} works with. */
export interface PageSocketOptions extends WebRouteContext {
  origins: OriginCheck;
  telemetry: TelemetrySource;
  /** Of one event of a client; 16 kB by default, as pages have little to say. */
  maxEventBytes?: number;
}

/** One page, and what it was told last. */
interface Page {
  client: PageClient;
  waiting: WaitingPackets;
  cameras: string;
}

/**
 * The page's socket.io connection: telemetry, what the cameras are, and how their times lie on the server's clock. Who is
 * slow is told the newest later; little is queued for it.
 */
export class PageSocket implements WebRoute {
  readonly methods = ["GET", "POST"];
  readonly #options: PageSocketOptions;
  readonly #server: PageServer = new Server();
  readonly #telemetry: ServedTelemetry;
  readonly #pages = new Set<Page>();
  /** Pictures a second, which change all the time, as they were at the last full second. */
  readonly #rates = new WeakMap<WebCamera, number>();
  #looks: Timer | undefined;
  #count = 0;

  constructor(options: PageSocketOptions) {
    this.#options = options;
    // It is led to its requests like any other route, and this server never listens.
    this.#server.attach(createServer(), {
      ...SOCKET_OPTIONS,
      ...(options.maxEventBytes !== undefined && { maxHttpBufferSize: options.maxEventBytes }),
      path: PATH,
      allowRequest: (_request, decide) => {
        const full = this.#server.engine.clientsCount >= MAX_SOCKETS;
        decide(full ? `${MAX_SOCKETS} pages are connected already` : null, !full);
      },
    });
    // From the beginning: what is asked before a page is accepted, or in vain, has its answers too.
    this.#server.engine.on("connection", (connection: PageClient["conn"]) => void new WaitingPackets(connection));
    this.#telemetry = serveTelemetry(this.#server, options.telemetry, options);
    this.#server.on("connection", (client) => this.#accept(client));
  }

  /** A namespace of its own for others than pages, with whatever events they have. */
  namespace(name: string): Namespace {
    return this.#server.of(name);
  }

  matches(pathname: string): boolean {
    return pathname === PATH;
  }

  handle({ request, response }: WebExchange): void {
    this.#options.origins.checkOrigin(request.headers);
    this.#server.engine.handleRequest(request as never, response);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.engine.handleUpgrade(request as never, socket, head);
  }

  async close(): Promise<void> {
    this.#looks?.cancel();
    this.#telemetry.close();
    await this.#server.close();
  }

  #accept(client: PageClient): void {
    const page = { client, waiting: new WaitingPackets(client.conn), cameras: "" };
    this.#pages.add(page);
    client.on("disconnect", () => this.#forget(page));
    tell(page, JSON.stringify(this.#cameras(false)));
    const times = this.#times();
    // Without them a page cannot tell how old its first pictures are.
    if (times.length > 0) client.emit("times", times);
    this.#looks ??= this.#options.clock.every(LOOK_INTERVAL_MS, () => this.#look());
  }

  #forget(page: Page): void {
    page.waiting.stop();
    this.#pages.delete(page);
    if (this.#pages.size > 0) return;
    this.#looks?.cancel();
    this.#looks = undefined;
  }

  /** Cameras change in many ways, all of which show in what is told of them. */
  #look(): void {
    const isFullSecond = ++this.#count % LOOKS_PER_SECOND === 0;
    const cameras = JSON.stringify(this.#cameras(isFullSecond));
    const times = isFullSecond ? this.#times() : [];
    for (const page of this.#pages) {
      if (page.waiting.count >= MOST_WAITING_PACKETS) continue;
      tell(page, cameras);
      if (times.length > 0) page.client.emit("times", times);
    }
  }

  #cameras(withRates: boolean): CameraInfo[] {
    return [...this.#options.cameras].map((camera) => {
      const info = cameraInfo(camera);
      const fps = (withRates ? undefined : this.#rates.get(camera)) ?? info.fps;
      this.#rates.set(camera, fps);
      return { ...info, fps };
    });
  }

  #times(): CameraTime[] {
    const live = [...this.#options.cameras].filter(({ status }) => status.state.name === "live");
    return live.flatMap((camera) => cameraTime(camera) ?? []);
  }
}

/** Nothing where it knows already. */
function tell(page: Page, cameras: string): void {
  if (page.cameras === cameras) return;
  page.cameras = cameras;
  page.client.emit("cameras", JSON.parse(cameras));
}
