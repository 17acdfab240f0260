import { EventEmitter } from "eventemitter3";
import type { AccessUnit } from "../lib/codecs/access-unit.js";
import { StreamError } from "../lib/errors.js";
import { locateFfmpeg } from "../lib/ffmpeg/locate.js";
import { keepRunning } from "../lib/keep-running.js";
import type { Camera } from "./cameras/camera.js";
import { openCamera } from "./cameras/index.js";
import { FailureLog } from "./failure-log.js";
import { Hub, type HubClient } from "./hub.js";
import { OutputRunner } from "./output-runner.js";
import { openOutput } from "./outputs/index.js";
import type { Output } from "./outputs/output.js";
import { runCamera } from "./run-camera.js";
import { type ResolvedSenderOptions, resolveSenderOptions, type SenderOptions } from "./sender-options.js";
import type { SenderEvents, SenderState, SenderStats } from "./sender-state.js";
import { Stamper } from "./stamper.js";
import { StreamMeter } from "./stream-meter.js";
import { StreamStatus } from "./stream-status.js";

/** Starting a camera costs a process, and mostly the machine is as it was a moment ago. */
const RETRY = { minDelayMs: 50, maxDelayMs: 5_000 };

/**
 * Sends one camera to any number of outputs. It runs from its construction to `close()`, and is the one owner of
 * restarts: a camera that dies or goes silent is started again while clients stay connected, and so is an output that
 * lost the other side.
 *
 * @example
 * await using sender = new Sender({ camera: { kind: "pattern" }, outputs: ["tcp://:8000"] });
 * await sender.ready;
 */
export class Sender extends EventEmitter<SenderEvents> implements AsyncDisposable {
  /**
   * Resolves when the first picture is published and every output is open (or failed its first try and is tried
   * again); rejects with the `StreamError` that ended the sender before.
   */
  readonly ready: Promise<void>;
  /** In the order of the options; `url` names the real port once `ready`. */
  readonly outputs: readonly Output[];
  /** The stream, for clients in this process. */
  readonly hub = new Hub((client, error) => this.#clientFailed(client, error));
  readonly #options: ResolvedSenderOptions;
  readonly #camera: Camera;
  readonly #stamper: Stamper;
  readonly #meter = new StreamMeter();
  readonly #status = new StreamStatus(() => this.#camera.description);
  readonly #failures = new FailureLog((error) => this.#warn(error, "; starting it again"));
  readonly #runners: readonly OutputRunner[];
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  /** What `ready` still waits for. */
  readonly #awaited: Set<Camera | Output>;
  #settleReady: { resolve(): void; reject(error: StreamError): void } | undefined;
  #state: SenderState = { name: "starting" };
  /** When the last picture came or, before the first one, the sender was made. */
  #pictureAtMs: number;

  /** @throws StreamError `invalid-option`, `invalid-url` */
  constructor(options: SenderOptions) {
    super();
    this.#options = resolveSenderOptions(options);
    const { outputs, clock, stamp } = this.#options;
    this.#pictureAtMs = clock.now();
    this.outputs = outputs.map((output) => (typeof output === "string" ? openOutput(output) : output));
    this.#camera = cameraOf(this.#options);
    this.#stamper = new Stamper(clock, stamp);
    this.#runners = this.outputs.map((output) => this.#runnerOf(output));
    this.#awaited = new Set([this.#camera, ...this.outputs]);
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    // Whoever does not ask for `ready` learns of the same error by its event.
    this.ready.catch(() => {});
    this.#ended = this.#run();
  }

  /** What it is doing now. */
  get state(): SenderState {
    return this.#state;
  }

  /** Figures of this moment. */
  stats(): SenderStats {
    const { units, keyframes, bytes, fps, parameters } = this.#meter;
    return {
      state: this.#state,
      camera: this.#camera.description,
      codec: parameters?.codec ?? null,
      width: parameters?.width ?? null,
      height: parameters?.height ?? null,
      fps,
      units,
      keyframes,
      bytes,
      restarts: { ...this.#failures.restarts },
      outputs: this.#runners.map(({ output, restarts }) => ({ ...output.stats(), restarts })),
    };
  }

  /** Ends it; idempotent. Resolves when the camera's children and all sockets are gone. */
  async close(): Promise<void> {
    this.#end();
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    // Whoever constructs it can listen before anything happens.
    await Promise.resolve();
    const { signal } = this.#stop;
    const runs = [this.#runCamera(signal), ...this.#runners.map((runner) => runner.run(signal))];
    await Promise.all(runs.map((run) => run.catch((error: StreamError) => this.#end(error))));
  }

  #runCamera(signal: AbortSignal): Promise<void> {
    const { clock, startTimeoutMs, stallTimeoutMs } = this.#options;
    const onUnit = (unit: AccessUnit, capturedAtUs?: bigint): void => this.#publish(unit, capturedAtUs);
    const options = { camera: this.#camera, clock, startTimeoutMs, stallTimeoutMs, onUnit };
    return keepRunning({
      signal,
      ...RETRY,
      clock,
      run: (attempt) =>
        runCamera(options, attempt).catch((error: unknown) => {
          throw this.#meter.units > 0 ? asTemporary(error) : error;
        }),
      onFailure: (error) => this.#cameraFailed(error),
    });
  }

  #runnerOf(output: Output): OutputRunner {
    const { clock, logger } = this.#options;
    const context = { clock, logger, status: this.#status, warning: (warning: StreamError) => this.#warn(warning) };
    return new OutputRunner({ output, hub: this.hub, context, onOpened: () => this.#arrived(output) });
  }

  #publish(unit: AccessUnit, capturedAtUs?: bigint): void {
    const stamped = this.#stamper.stamp(unit, capturedAtUs);
    this.#meter.count(stamped);
    this.hub.publish(stamped);
    const lastAtMs = this.#pictureAtMs;
    this.#pictureAtMs = this.#options.clock.now();
    if (this.#state.name === "streaming") return;
    this.#tellReturn(this.#pictureAtMs - lastAtMs, this.#failures.recovered());
    this.#status.live();
    this.#setState({ name: "streaming" });
    this.#arrived(this.#camera);
  }

  #cameraFailed(error: StreamError): void {
    this.#failures.failed(error);
    this.#meter.pause();
    // A client that joins now waits for the next picture instead of being shown an old one as if it were live.
    this.hub.gop.clear();
    this.#status.lost(error.message);
    if (error.retryable) this.#setState({ name: "restarting", error });
  }

  #tellReturn(awayMs: number, restarts: number): void {
    if (restarts === 0) return;
    const what = this.#meter.units > 1 ? "pictures again" : "first picture";
    const effort = `${(awayMs / 1_000).toFixed(1)} s and ${restarts} restart${restarts === 1 ? "" : "s"}`;
    const message = `${this.#camera.description}: ${what}, after ${effort}`;
    this.#options.logger.info({ awayMs: Math.round(awayMs), restarts }, message);
  }

  #clientFailed(client: HubClient, cause: unknown): void {
    const runner = this.#runners.find(({ output }) => output === client);
    const name = runner ? runner.output.url : "a client of the hub";
    const message = cause instanceof Error ? cause.message : String(cause);
    const code = cause instanceof StreamError ? cause.code : "connection-lost";
    const error = new StreamError(code, `${name}: ${message}`, { cause });
    if (runner) runner.fail(error);
    else this.#warn(error);
  }

  #arrived(what: Camera | Output): void {
    this.#awaited.delete(what);
    if (this.#awaited.size === 0) this.#settleReady?.resolve();
  }

  #warn(warning: StreamError, consequence = ""): void {
    this.#options.logger.warn({ code: warning.code, ...warning.details }, warning.message + consequence);
    this.emit("warning", warning);
  }

  #setState(state: SenderState): void {
    this.#state = state;
    this.emit("state", state);
  }

  #end(error?: StreamError): void {
    if (this.#state.name === "closed") return;
    this.#stop.abort();
    this.#settleReady?.reject(error ?? new StreamError("closed", "the sender was closed before it was ready"));
    this.#setState(error ? { name: "closed", error } : { name: "closed" });
    if (error) this.emit("error", error);
  }
}

/** A camera that gave pictures before is only away: its port resets, or another program has it for a moment. */
function asTemporary(error: unknown): unknown {
  if (!(error instanceof StreamError) || error.code !== "camera-missing") return error;
  return new StreamError("process-failed", error.message, { cause: error, details: error.details });
}

function cameraOf({ camera, clock, logger, ffmpegPath, rpicamPath }: ResolvedSenderOptions): Camera {
  if ("run" in camera) return camera;
  return openCamera(camera, {
    clock,
    logger,
    ffmpegPath: async () => (await locateFfmpeg(ffmpegPath)).path,
    ...(rpicamPath === undefined ? {} : { rpicamPath }),
  });
}
