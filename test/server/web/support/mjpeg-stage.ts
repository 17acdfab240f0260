import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Clock } from "../../../../lib/clock.js";
import { StreamStatus } from "../../../../server/stream-status.js";
import { CameraDirectory } from "../../../../server/web/camera-directory.js";
import { MjpegRoute, type MjpegRouteOptions } from "../../../../server/web/mjpeg-route.js";
import { OriginCheck } from "../../../../server/web/origin-check.js";
import { WebCamera } from "../../../../server/web/web-camera.js";
import { createMetrics } from "../../../../server/web/web-metrics.js";
import { WebRouter } from "../../../../server/web/web-router.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { RecordingLogger } from "../../../support/recording-logger.js";
import { clockAhead } from "./clock-ahead.js";
import { MjpegReader } from "./mjpeg-reader.js";

/** The MJPEG route alone behind an HTTP server on the loopback address. */
export class MjpegStage implements AsyncDisposable {
  readonly logger = new RecordingLogger();
  readonly failures: unknown[] = [];
  readonly cameras = new CameraDirectory();
  readonly route: MjpegRoute;
  readonly #server: Server;

  private constructor(clock: Clock, options: Partial<MjpegRouteOptions>) {
    const { cameras, logger } = this;
    this.route = new MjpegRoute({ cameras, clock, logger, metrics: createMetrics(cameras), ...options });
    const origins = new OriginCheck({ allowedOrigins: [], loopback: true });
    const router = new WebRouter({ routes: [this.route], origins, logger });
    this.#server = createServer((asked, response) => void router.handle(asked, response));
  }

  static async set(clock: Clock = new FakeClock(), options: Partial<MjpegRouteOptions> = {}): Promise<MjpegStage> {
    const stage = new MjpegStage(clock, options);
    stage.#server.listen(0, "127.0.0.1");
    await once(stage.#server, "listening");
    return stage;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  camera(id = "left", clockOffsetMs: () => number | undefined = () => undefined): WebCamera {
    const camera = new WebCamera({
      ...{ id, status: new StreamStatus(() => `camera ${id}`), senderClock: () => clockAhead(clockOffsetMs()) },
      onViewerFailure: (_viewer, error) => this.failures.push(error),
    });
    this.cameras.add(camera);
    return camera;
  }

  /** Resolves with the head of the answer; its body is read by whoever wants it. */
  async ask(path: string, { method = "GET", headers = {} } = {}): Promise<IncomingMessage> {
    const asked = request(`${this.origin}${path}`, { method, headers, agent: false });
    asked.on("error", () => {});
    asked.end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.on("error", () => {});
    return answer;
  }

  /** A short answer: its status and what it says. */
  async told(path: string): Promise<[number, string]> {
    const answer = await this.ask(path);
    return [answer.statusCode ?? 0, `${await buffer(answer)}`];
  }

  /** Resolves once the answer has begun. */
  async watch(query = "", headers: Record<string, string> = {}): Promise<MjpegReader> {
    return new MjpegReader(await this.ask(`/stream.mjpg${query}`, { headers }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.route.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
