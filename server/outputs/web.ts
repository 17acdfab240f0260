import { once } from "node:events";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { StreamError } from "../../lib/errors.js";
import { formatStreamUrl } from "../../lib/stream-url.js";
import type { TelemetrySource } from "../telemetry/telemetry-source.js";
import { readTlsFiles, type TlsPaths } from "../web/tls-files.js";
import { WebCamera } from "../web/web-camera.js";
import type { WebServer } from "../web/web-server.js";
import type { Output, OutputContext, OutputStats } from "./output.js";

/** How a web output is set up. */
export interface WebOutputOptions {
  /** Local address; empty: all of them, IPv4 and IPv6. */
  host: string;
  /** 0: any free one. Outputs of one process with the same host and port share it. */
  port: number;
  /** The camera's name on the page: 1 to 64 letters, digits, `_`, `.` and `-`. */
  cameraId: string;
  /** PEM files, read whenever the server is opened; absent: plain HTTP. */
  tls?: TlsPaths;
  /** Pages of other hosts that may use the server, such as `https://cockpit.example`. */
  allowedOrigins: readonly string[];
  /** How old the oldest byte on the way to a viewer may be, in milliseconds; it must exceed the round trip. */
  maxBacklogMs: number;
  /** Of the pictures that are made for MJPEG, 1 to 100. */
  jpegQuality: number;
  /** What makes them, as for `locateFfmpeg`. */
  ffmpegPath?: string;
  /** What the page is told of the vehicle; it stays its owner's. Absent: the machine's health only. */
  telemetry?: TelemetrySource;
}

/** The web page with the camera's pictures, and the camera for all programs that speak what the page speaks. */
export class WebOutput implements Output {
  readonly retryCeilingMs = 1_000;
  readonly #options: WebOutputOptions;
  #port: number;
  #camera: WebCamera | undefined;
  /** Of the runs that are over. */
  readonly #past = { sentBytes: 0, droppedUnits: 0 };

  constructor(options: WebOutputOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  get url(): string {
    return formatStreamUrl("web", this.#options.host, this.#port);
  }

  async run(context: OutputContext, signal: AbortSignal): Promise<void> {
    const { host, allowedOrigins, maxBacklogMs, jpegQuality, ffmpegPath, telemetry } = this.#options;
    const { clock, logger } = context;
    const tls = await readTlsFiles(this.#options.tls ?? {});
    const place = {
      ...{ host, port: this.#port, allowedOrigins, maxBacklogMs, jpegQuality },
      ...(tls && { tls }),
      ...(ffmpegPath !== undefined && { ffmpegPath }),
    };
    // What serves the page takes longer to load than all else: only who wants it waits for it.
    const { acquireWebServer } = await import("../web/web-registry.js");
    const lease = await acquireWebServer(place, { clock, logger, ...(telemetry && { telemetry }) }, signal).catch(
      (error) => {
        if (!signal.aborted) throw error;
      },
    );
    if (!lease) return;
    try {
      await this.#serve(lease.server, context, signal);
    } finally {
      await lease.release();
    }
  }

  unit(unit: AccessUnit): void {
    this.#camera?.unit(unit);
  }

  stats(): OutputStats {
    const { viewers = 0, sentBytes = 0, droppedUnits = 0 } = this.#camera ?? {};
    return {
      url: this.url,
      clients: viewers,
      sentBytes: this.#past.sentBytes + sentBytes,
      droppedUnits: this.#past.droppedUnits + droppedUnits,
    };
  }

  async #serve(server: WebServer, context: OutputContext, signal: AbortSignal): Promise<void> {
    // A port that was free once is kept, so that viewers find it again after a restart.
    this.#port = server.port;
    const camera = this.#createCamera(context);
    try {
      server.add(camera);
      for (const unit of context.gop.units()) camera.unit(unit);
      this.#camera = camera;
      context.logger.info({ url: server.url }, `the page is at ${server.url}`);
      context.ready();
      if (!signal.aborted) await once(signal, "abort");
    } finally {
      this.#camera = undefined;
      this.#past.sentBytes += camera.sentBytes;
      this.#past.droppedUnits += camera.droppedUnits;
      server.remove(camera);
      camera.remove();
    }
  }

  #createCamera({ status, warning }: OutputContext): WebCamera {
    return new WebCamera({
      id: this.#options.cameraId,
      status,
      // The camera's stamps are of this machine's clock.
      senderClock: () => ({ offsetMs: 0, uncertaintyMs: 0 }),
      onViewerFailure: (_viewer, cause) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        warning(new StreamError("connection-lost", `${this.url}: a viewer was given up: ${reason}`, { cause }));
      },
    });
  }
}
