import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, WebSocket } from "ws";
import { type Clock, systemClock } from "../../../../lib/clock.js";
import { StreamStatus } from "../../../../server/stream-status.js";
import type { Telemetry } from "../../../../server/telemetry/telemetry.js";
import { WebCamera } from "../../../../server/web/web-camera.js";
import { WebServer, type WebServerPlace } from "../../../../server/web/web-server.js";
import { RecordingLogger } from "../../../support/recording-logger.js";
import { clockAhead } from "./clock-ahead.js";

/** A web server on a free port of the loopback address, with a page that consists of next to nothing. */
export class WebStage implements AsyncDisposable {
  readonly logger = new RecordingLogger();
  readonly failures: unknown[] = [];
  readonly folder: string;
  readonly cameras: WebCamera[] = [];
  server!: WebServer;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async set(
    place: Partial<WebServerPlace> = {},
    clock: Clock = systemClock,
    telemetry?: Telemetry,
  ): Promise<WebStage> {
    const stage = new WebStage(await mkdtemp(join(tmpdir(), "glasslink-page-")));
    await mkdir(join(stage.folder, "assets"));
    await writeFile(join(stage.folder, "index.html"), "<!doctype html><title>page</title>");
    await writeFile(join(stage.folder, "assets/page-1a2b.js"), "export {};");
    const wanted = { host: "127.0.0.1", port: 0, viewerFolder: stage.folder, ...place };
    const context = { clock, logger: stage.logger, ...(telemetry && { telemetry }) };
    stage.server = await WebServer.listen(wanted, context, new AbortController().signal);
    return stage;
  }

  get origin(): string {
    return this.server.url.slice(0, -1).replace("localhost", "127.0.0.1");
  }

  /** A camera that is shown. */
  camera(id = "left", clockOffsetMs: () => number | undefined = () => 0): WebCamera {
    const camera = new WebCamera({
      ...{ id, status: new StreamStatus(() => `camera ${id}`), senderClock: () => clockAhead(clockOffsetMs()) },
      onViewerFailure: (_viewer, error) => this.failures.push(error),
    });
    this.server.add(camera);
    this.cameras.push(camera);
    return camera;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.origin}${path}`, init);
  }

  webSocket(path: string, headers: Record<string, string> = {}, options: ClientOptions = {}): WebSocket {
    return new WebSocket(`${this.origin.replace("http", "ws")}${path}`, {
      headers,
      rejectUnauthorized: false,
      ...options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
