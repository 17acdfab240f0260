import { EventEmitter } from "eventemitter3";
import { type Clock, systemClock } from "./clock.js";
import type { AccessUnit } from "./codecs/access-unit.js";
import type { StreamParameters } from "./codecs/stream-parameters.js";
import { DecoderKeeper } from "./decoder-keeper.js";
import { StreamError } from "./errors.js";
import { chooseFfmpeg, locateFfmpeg } from "./ffmpeg/locate.js";
import type { Frame, SharedPicture } from "./frame.js";
import { FrameMailbox, type ReadOptions } from "./frame-mailbox.js";
import { FrameOutlet } from "./frame-outlet.js";
import { type Attempt, keepRunning } from "./keep-running.js";
import { LagMeter } from "./lag-meter.js";
import { type Logger, silentLogger } from "./logger.js";
import { type ReceiverOptions, type ResolvedReceiverOptions, resolveOptions } from "./options.js";
import type { ReceiverEvents } from "./receiver-events.js";
import type { ReceiverState } from "./receiver-state.js";
import { Counters, type ReceiverStats } from "./receiver-stats.js";
import { redactUrl } from "./redact.js";
import { openSource } from "./sources/index.js";
import type { NamedSource, Source } from "./sources/source.js";
import type { ClockEstimate } from "./telemetry/clock-offset.js";
import { FrameTelemetry } from "./telemetry/frame-telemetry.js";
import { UnitIntake } from "./unit-intake.js";
import { UnitReaders } from "./unit-readers.js";
import { type Trouble, troubleError, Watchdog } from "./watchdog.js";

const STATS_INTERVAL_MS = 1_000;
/**
 * Receives a stream and turns it into frames, from its making until `close()`: lost connections, silent senders and
 * dead decoders are noticed and mended by themselves.
 *
 * @example
 * await using receiver = new Receiver("tcp://192.168.1.100:8000");
 * for await (const frame of receiver) console.log(frame.width, frame.height, frame.data.length);
 */
export class Receiver extends EventEmitter<ReceiverEvents> implements AsyncDisposable, AsyncIterable<Frame> {
  /** As given. */
  readonly url: string;
  #state: ReceiverState = { name: "connecting", attempt: 1 };
  #parameters: StreamParameters | undefined;
  #attempt: Attempt | undefined;
  #attempts = 0;
  #connectedAtMs: number | undefined;
  /** The last warning of this outage: the same one, try after try, is told once. */
  #warned: string | undefined;
  readonly #options: ResolvedReceiverOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #counters: Counters;
  readonly #mailbox = new FrameMailbox();
  readonly #outlet: FrameOutlet;
  readonly #lag = new LagMeter();
  readonly #readers = new UnitReaders((units) => this.#counters.drop(units));
  readonly #telemetry: FrameTelemetry | undefined;
  readonly #decoder: DecoderKeeper | undefined;
  readonly #watchdog: Watchdog;
  readonly #source: Source;
  readonly #end = new AbortController();
  readonly #done: Promise<void>;

  /**
   * Begins to receive at once, from a URL or a source of one's own.
   * @throws StreamError `invalid-url`, `invalid-option`, `unsupported`
   */
  constructor(from: string | NamedSource, options: ReceiverOptions = {}) {
    super();
    this.#options = resolveOptions(options);
    const { connectTimeoutMs, pixelFormat, telemetry } = this.#options;
    this.#clock = this.#options.clock ?? systemClock;
    this.#logger = this.#options.logger ?? silentLogger;
    this.#counters = new Counters(this.#clock);
    const ffmpeg = async (): Promise<string> => (await locateFfmpeg(this.#options.ffmpegPath)).path;
    this.#source = openSource(from, { clock: this.#clock, logger: this.#logger, connectTimeoutMs, ffmpeg });
    this.url = redactUrl(typeof from === "string" ? from : from.url);
    if (telemetry !== undefined)
      this.#telemetry = new FrameTelemetry(telemetry, this.#clock, (error) => this.#tell(error));
    this.#outlet = new FrameOutlet({
      ...{ clock: this.#clock, counters: this.#counters, pixelFormat, telemetry: this.#telemetry },
      onFrame: (frame) => this.#frame(frame),
    });
    if (this.#options.decode) this.#decoder = this.#makeDecoder();
    this.#watchdog = this.#makeWatchdog();
    this.#done = this.#run();
  }

  get state(): ReceiverState {
    return this.#state;
  }

  /** The newest frame; undefined before the first. */
  get latest(): Frame | undefined {
    return this.#mailbox.latest;
  }

  /** How far the sender's clock is from this machine's; undefined where neither the source nor telemetry tells. */
  get senderClock(): ClockEstimate | undefined {
    return this.#outlet.senderClock;
  }

  /**
   * The newest frame, or the next one that is newer than asked for.
   * @throws StreamError `closed`, or what ended the receiver; the reason of `signal` when that aborts
   */
  read(options: ReadOptions = {}): Promise<Frame> {
    return this.#mailbox.read(options);
  }

  /**
   * Frames as they come. Latest wins: a loop that is slower than the stream gets the newest frame each time; what it
   * missed is counted in `stats().dropped`. Ends with `close()`.
   * @throws StreamError what ended the receiver, if it was not `close()`
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Frame, void> {
    let last: number | undefined;
    for (;;) {
      const frame = await this.read({ newerThan: last ?? -1 }).catch((error: unknown) => {
        if (error instanceof StreamError && error.code === "closed") return undefined;
        throw error;
      });
      if (!frame) return;
      if (last !== undefined) this.#counters.dropped += frame.sequence - last - 1;
      last = frame.sequence;
      yield frame;
    }
  }

  /** Access units as they come, encoded, from the next keyframe on. A slow reader skips to a keyframe. */
  accessUnits(options: { signal?: AbortSignal } = {}): AsyncIterableIterator<AccessUnit> {
    return this.#readers.open(options.signal);
  }

  /** Figures up to now. */
  stats(): ReceiverStats {
    return {
      state: this.#state,
      codec: this.#parameters?.codec ?? null,
      width: this.#parameters?.width ?? null,
      height: this.#parameters?.height ?? null,
      ...this.#counters.snapshot(),
      lagMs: this.#lag.lagMs,
      decoderPid: this.#decoder?.pid ?? null,
    };
  }

  /** Ends everything; resolves when every socket and child is gone. Idempotent. */
  close(): Promise<void> {
    this.#end.abort();
    return this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    const { signal, retry } = this.#options;
    const abort = (): void => this.#end.abort();
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    const timer = this.#clock.every(STATS_INTERVAL_MS, () => this.emit("stats", this.stats()));
    const failure = await keepRunning({
      ...{ signal: this.#end.signal, clock: this.#clock },
      run: (attempt) => this.#receive(attempt),
      minDelayMs: retry.minDelayMs,
      maxDelayMs: retry.maxDelayMs ?? this.#source.retryCeilingMs,
      limit: retry.limit,
      onFailure: (error) => this.#connectionFailed(error),
    }).then(
      () => undefined,
      (error: StreamError) => error,
    );
    timer.cancel();
    signal?.removeEventListener("abort", abort);
    await this.#tearDown(failure);
  }

  // From the outside in: nothing comes any more, then nothing is decoded, then those who wait are told.
  async #tearDown(failure: StreamError | undefined): Promise<void> {
    this.#end.abort();
    this.#watchdog.close();
    await this.#decoder?.close();
    await this.#telemetry?.close();
    this.#readers.end(failure);
    this.#mailbox.close(failure ?? new StreamError("closed", `${this.url} was closed`));
    this.#setState(failure ? { name: "closed", error: failure } : { name: "closed" });
    if (failure && this.listenerCount("error") > 0) this.emit("error", failure);
  }

  async #receive(attempt: Attempt): Promise<void> {
    this.#attempt = attempt;
    this.#attempts++;
    this.#decoder?.warmUp();
    if (this.#decoder) locateFfmpeg(this.#options.ffmpegPath).catch((error: StreamError) => attempt.fail(error));
    this.#decoder?.broken();
    const intake = new UnitIntake({
      ...{ counters: this.#counters, watchdog: this.#watchdog, lag: this.#lag },
      onConnected: ({ sameClock, description }) => {
        this.#connectedAtMs ??= this.#clock.now();
        this.#outlet.sameClock = sameClock;
        this.#logger.info({ url: this.url }, `connected to ${description}`);
      },
      onUnit: (unit) => this.#unit(unit),
      onBroken: () => {
        this.#decoder?.broken();
        this.#readers.broken();
      },
    });
    await this.#source.run(intake, attempt.signal).finally(() => this.#watchdog.disconnected());
  }

  #unit(unit: AccessUnit): void {
    this.#readers.push(unit);
    if (this.#decoder) this.#decoder.decode(unit);
    else this.#flowing();
  }

  #frame(picture: SharedPicture): void {
    // The decoder may still give pictures of a connection that is gone.
    const { receivedAtMs } = picture.details;
    if (this.#connectedAtMs !== undefined && receivedAtMs >= this.#connectedAtMs) this.#flowing();
    if (this.listenerCount("frame") > 0) this.emit("frame", picture.take());
    this.#mailbox.put(picture);
  }

  #flowing(): void {
    this.#attempt?.flowing();
    this.#warned = undefined;
    if (this.#state.name !== "streaming") this.#setState({ name: "streaming" });
  }

  #makeDecoder(): DecoderKeeper {
    const { ffmpegPath, hwaccel, pixelFormat, size, crop, rotate, maxFps } = this.#options;
    return new DecoderKeeper({
      ...{ ffmpegPath: chooseFfmpeg(ffmpegPath), proveFfmpeg: () => locateFfmpeg(ffmpegPath) },
      ...{ hwaccel, clock: this.#clock },
      picture: { pixelFormat, size, crop, rotate, maxFps },
      sink: {
        picture: (picture) => this.#outlet.picture(picture, this.#decoder?.pendingUnits ?? 0, this.#parameters),
        dropped: (units) => this.#counters.drop(units),
        parameters: (parameters) => {
          this.#parameters = parameters;
        },
        warning: (error) => this.#warn(error),
        failed: (error) => this.#decoderFailed(error),
      },
    });
  }

  #makeWatchdog(): Watchdog {
    const { stallTimeoutMs, maxLagMs } = this.#options;
    return new Watchdog({
      ...{ clock: this.#clock, stallTimeoutMs, maxLagMs },
      lagMs: () => this.#lag.lagMs,
      decoderSilentMs: () => this.#decoder?.silentMs ?? 0,
      onTrouble: (trouble, forMs) => this.#trouble(trouble, forMs),
    });
  }

  #trouble(trouble: Trouble, forMs: number): void {
    const error = troubleError(this.url, trouble, forMs);
    this.#counters.restart(trouble);
    if (trouble === "decoder-silent") {
      this.#warn(error);
      return this.#decoder?.restart();
    }
    this.#connectedAtMs = undefined;
    this.#setState({ name: "stalled", reason: trouble });
    this.#attempt?.fail(error);
  }

  #decoderFailed(error: StreamError): void {
    if (!error.retryable) return this.#attempt?.fail(error);
    this.#counters.restart("decoder-exit");
    this.#warn(error);
  }

  #connectionFailed(error: StreamError): void {
    const counted = error.code === "stalled" || error.code === "lagging";
    if (!counted && this.#connectedAtMs !== undefined) this.#counters.restart("connection");
    this.#connectedAtMs = undefined;
    this.#warn(error);
    this.#setState({ name: "reconnecting", attempt: this.#attempts + 1, reason: error });
  }

  #warn(error: StreamError): void {
    if (this.#warned === error.message) return;
    this.#warned = error.message;
    this.#tell(error);
  }

  #tell(error: StreamError): void {
    this.#logger.warn({ url: this.url, code: error.code }, error.message);
    this.emit("warning", error);
  }

  #setState(state: ReceiverState): void {
    this.#state = state;
    this.emit("state", state);
  }
}
