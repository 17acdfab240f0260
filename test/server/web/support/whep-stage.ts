import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Clock } from "../../../../lib/clock.js";
import { StreamStatus } from "../../../../server/stream-status.js";
import { CameraDirectory } from "../../../../server/web/camera-directory.js";
import { OriginCheck } from "../../../../server/web/origin-check.js";
import { WebCamera } from "../../../../server/web/web-camera.js";
import { createMetrics } from "../../../../server/web/web-metrics.js";
import { WebRouter } from "../../../../server/web/web-router.js";
import { WhepRoute } from "../../../../server/web/whep-route.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { RecordingLogger } from "../../../support/recording-logger.js";
import { webUnits } from "./web-units.js";

/** What a request was answered. */
export interface WhepAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request of {@link WhepStage.ask}. */
export interface WhepRequest {
  method?: string;
  /** Of the body; none by default. */
  type?: string;
  body?: string;
  headers?: Record<string, string>;
}

/** WHEP alone behind an HTTP server on the loopback address. */
export class WhepStage implements AsyncDisposable {
  readonly logger = new RecordingLogger();
  readonly failures: unknown[] = [];
  readonly cameras = new CameraDirectory();
  readonly metrics = createMetrics(this.cameras);
  readonly route: WhepRoute;
  readonly #server: Server;

  private constructor(clock: Clock, page: string) {
    const { cameras, logger, metrics } = this;
    this.route = new WhepRoute({ cameras, clock, logger, metrics });
    const origins = new OriginCheck({ allowedOrigins: ["https://cockpit.example"], loopback: true });
    const router = new WebRouter({ routes: [this.route], origins, logger });
    this.#server = createServer((asked, response) => {
      if (asked.url === "/") response.setHeader("Content-Type", "text/html").end(page);
      else void router.handle(asked, response);
    });
  }

  /** @param page what is at `/` */
  static async set(clock: Clock = new FakeClock(), page = ""): Promise<WhepStage> {
    const stage = new WhepStage(clock, page);
    stage.#server.listen(0, "127.0.0.1");
    await once(stage.#server, "listening");
    return stage;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A camera that has not given anything. */
  camera(id = "left"): WebCamera {
    const camera = new WebCamera({
      ...{ id, status: new StreamStatus(() => `camera ${id}`), senderClock: () => undefined },
      onViewerFailure: (_viewer, error) => this.failures.push(error),
    });
    this.cameras.add(camera);
    return camera;
  }

  /** One that has given three pictures of 30 a second. */
  liveCamera(id = "left"): WebCamera {
    const camera = this.camera(id);
    for (const unit of webUnits({ count: 3 })) camera.unit(unit);
    camera.status.live();
    return camera;
  }

  async ask(path: string, { method = "POST", type, body, headers = {} }: WhepRequest = {}): Promise<WhepAnswer> {
    const all = { ...headers, ...(type !== undefined && { "Content-Type": type }) };
    const asked = request(`${this.origin}${path}`, { method, headers: all, agent: false });
    asked.on("error", () => {});
    asked.end(body);
    const [answer] = await once(asked, "response");
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  }

  /** POSTs an offer. */
  offer(sdp: string, path = "/whep/left"): Promise<WhepAnswer> {
    return this.ask(path, { type: "application/sdp", body: sdp });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.route.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
