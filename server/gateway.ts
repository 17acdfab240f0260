import { EventEmitter } from "eventemitter3";
import { StreamError } from "../lib/errors.js";
import type { Receiver } from "../lib/receiver.js";
import { acquireRtspServer } from "../lib/rtsp/server-registry.js";
import { formatStreamUrl } from "../lib/stream-url.js";
import { TelemetryClient } from "../lib/telemetry/telemetry-client.js";
import { CAMERA_ID_RULE, isCameraId } from "./gateway/camera-id.js";
import { CameraNumbers } from "./gateway/camera-numbers.js";
import type { CameraSlot, CameraSlots } from "./gateway/camera-slots.js";
import { GatewayCamera } from "./gateway/gateway-camera.js";
import { type GatewayOptions, type ResolvedGatewayOptions, resolveGatewayOptions } from "./gateway/gateway-options.js";
import type { GatewayEvents, GatewayStats } from "./gateway/gateway-stats.js";
import { PublishedCamera } from "./gateway/published-camera.js";
import { openOutput } from "./outputs/index.js";
import type { Output } from "./outputs/output.js";
import { RelayedTelemetry } from "./telemetry/relayed-telemetry.js";
import { HttpError } from "./web/http-error.js";
import type { WebServer } from "./web/web-server.js";

/** For a camera that is one too many. */
const RETRY_SECONDS = "5";

/**
 * Many cameras in one place: those that push into it by WebRTC, and those that it goes and gets. Each has a Receiver,
 * and is served on: on the page and by what that speaks, by RTSP, and to the outputs. It runs from its making to
 * `close()`.
 *
 * @example
 * await using gateway = new Gateway({ port: 8080 });
 * gateway.on("camera", ({ id, receiver }) => receiver.on("frame", (frame) => console.log(id, frame.width)));
 * await gateway.ready;
 */
export class Gateway extends EventEmitter<GatewayEvents> implements AsyncDisposable, CameraSlots {
  /** Resolves when it listens; rejects with the `StreamError` that ended it before. */
  readonly ready: Promise<void>;
  readonly #options: ResolvedGatewayOptions;
  readonly #numbers: CameraNumbers;
  readonly #cameras = new Map<string, GatewayCamera>();
  readonly #receivers = new Map<string, Receiver>();
  readonly #published = new Map<string, PublishedCamera>();
  /** Cameras that are being closed: their ports are free only then. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #end = new AbortController();
  /** Of what it has opened, in this order. */
  readonly #closers: (() => Promise<void>)[] = [];
  #server: WebServer | undefined;
  #closed: Promise<void> | undefined;

  /** @throws StreamError `invalid-option`, `invalid-url`, `unsupported` */
  constructor(options: GatewayOptions = {}) {
    super();
    this.#options = resolveGatewayOptions(options);
    this.#numbers = new CameraNumbers(this.#options.maxCameras);
    this.ready = this.#open();
    // Whoever does not ask for `ready` learns of the same error by its event.
    this.ready.catch((error: StreamError) => this.#failed(error));
  }

  /** Where a browser on this machine finds the page; empty before `ready`. */
  get url(): string {
    return this.#server?.url ?? "";
  }

  /** The receivers of the cameras that are there, by id. They are the gateway's to close. */
  get cameras(): ReadonlyMap<string, Receiver> {
    return this.#receivers;
  }

  /** Figures of this moment. */
  stats(): GatewayStats {
    return { cameras: Object.fromEntries([...this.#cameras].map(([id, camera]) => [id, camera.stats()])) };
  }

  slot(cameraId: string): CameraSlot {
    if (!isCameraId(cameraId)) {
      const given = JSON.stringify(cameraId.slice(0, 64));
      throw new HttpError(400, `camera id ${given} is not allowed; it must be ${CAMERA_ID_RULE}`);
    }
    const published = this.#published.get(cameraId);
    if (published) return published;
    if (this.#cameras.has(cameraId)) {
      throw new HttpError(409, `the gateway gets camera "${cameraId}" itself; push it under another id`);
    }
    if (!this.#server || this.#end.signal.aborted) throw new HttpError(503, "this is being closed");
    const { maxCameras } = this.#options;
    if (this.#cameras.size >= maxCameras) {
      throw new HttpError(503, `${maxCameras} cameras are here already`, { "Retry-After": RETRY_SECONDS });
    }
    return this.#publish(cameraId, this.#server);
  }

  /** Ends everything; resolves when every socket and child is gone. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #open(): Promise<void> {
    // Whoever constructs it can listen before anything happens.
    await Promise.resolve();
    const { host, port, rtspPort, tls, token, clock, logger, cameras } = this.#options;
    const { signal } = this.#end;
    signal.throwIfAborted();
    if (rtspPort !== null) {
      // It is held while there is no camera, too: a port that is taken is told at once.
      const lease = await acquireRtspServer({ host, port: rtspPort, clock, logger }, signal);
      this.#closers.push(() => lease.release());
    }
    // What serves the page takes longer to load than all else: only who wants it waits for it.
    const { WebServer } = await import("./web/web-server.js");
    const publishing = { slots: this, ...(token !== undefined && { token }) };
    const context = { clock, logger, publishing, ...this.#openTelemetry() };
    const server = await WebServer.listen({ host, port, ...(tls && { tls }) }, context, signal);
    this.#closers.push(() => server.close());
    this.#server = server;
    for (const { id, url } of cameras) this.#add(id, url, server);
  }

  #openTelemetry(): { telemetry?: RelayedTelemetry } {
    const { telemetry, clock, logger } = this.#options;
    if (telemetry === undefined) return {};
    if (typeof telemetry !== "string") return { telemetry: new RelayedTelemetry(telemetry) };
    const client = new TelemetryClient(telemetry, { messages: "all", clock, logger });
    this.#closers.push(() => client.close());
    return { telemetry: new RelayedTelemetry(client) };
  }

  #publish(id: string, server: WebServer): PublishedCamera {
    const { clock, forgetAfterMs } = this.#options;
    const published = new PublishedCamera({ id, clock, forgetAfterMs, onForgotten: () => this.#remove(id, server) });
    this.#published.set(id, published);
    this.#add(id, published, server);
    return published;
  }

  #add(id: string, from: string | PublishedCamera, server: WebServer): void {
    const { receiver, clock, logger } = this.#options;
    const number = this.#numbers.take(id);
    const camera = new GatewayCamera({
      ...{ id, number, from, receiver, clock, logger },
      outputs: this.#outputsOf(id, number),
      former: this.#leaving.get(id),
      onWarning: (warning) => this.emit("warning", warning),
    });
    this.#cameras.set(id, camera);
    this.#receivers.set(id, camera.receiver);
    // Which of those that push comes first is chance; the page has left to the left of right all the same.
    server.add(camera.shown, typeof from === "string" ? "as it comes" : "by its id");
    this.emit("camera", { id, receiver: camera.receiver });
  }

  #outputsOf(id: string, number: number): Output[] {
    const { host, rtspPort, outputs, logger } = this.#options;
    const rtsp = rtspPort === null ? [] : [openOutput(`${formatStreamUrl("rtsp", host, rtspPort)}/${id}`)];
    const own = outputs.flatMap((template) => {
      try {
        return template.open(id, number);
      } catch (error) {
        const warning = error as StreamError;
        logger.warn({ camera: id, code: warning.code }, warning.message);
        this.emit("warning", warning);
        return [];
      }
    });
    return [...rtsp, ...own];
  }

  #remove(id: string, server: WebServer): void {
    const camera = this.#cameras.get(id);
    if (!camera) return;
    for (const map of [this.#cameras, this.#receivers, this.#published]) map.delete(id);
    this.#numbers.leave(id);
    server.remove(camera.shown);
    const left = camera.close("the camera is taken away").finally(() => {
      if (this.#leaving.get(id) === left) this.#leaving.delete(id);
    });
    this.#leaving.set(id, left);
    if (!this.#end.signal.aborted) this.emit("gone", { id });
  }

  async #close(): Promise<void> {
    this.#end.abort(new StreamError("closed", "the gateway was closed before it was ready"));
    await this.ready.catch(() => {});
    // From the outside in, and what was opened last first.
    for (const id of [...this.#cameras.keys()]) if (this.#server) this.#remove(id, this.#server);
    await Promise.all(this.#leaving.values());
    for (const close of this.#closers.toReversed()) await close();
  }

  #failed(error: StreamError): void {
    const asked = this.#end.signal.aborted;
    void this.close();
    if (!asked) this.emit("error", error);
  }
}
