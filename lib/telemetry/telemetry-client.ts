import { EventEmitter } from "eventemitter3";
import { type Clock, systemClock } from "../clock.js";
import type { StreamError } from "../errors.js";
import { type Attempt, keepRunning } from "../keep-running.js";
import { type Logger, silentLogger } from "../logger.js";
import { type ClockEstimate, ClockOffset } from "./clock-offset.js";
import { telemetryAddress } from "./telemetry-address.js";
import type { TelemetryClientEvents } from "./telemetry-client-events.js";
import {
  type ResolvedTelemetryClientOptions,
  resolveTelemetryOptions,
  type TelemetryClientOptions,
} from "./telemetry-client-options.js";
import type { TelemetrySink } from "./telemetry-connection.js";
import type { TelemetrySnapshot } from "./telemetry-snapshot.js";
import type { TelemetryState } from "./telemetry-state.js";

const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

/**
 * Receives a sender's telemetry, from its making until `close()`; a lost connection or a silent sender is noticed, and
 * it connects again, for ever.
 *
 * @example
 * await using telemetry = new TelemetryClient("http://192.168.1.100:8001", { messages: ["ATTITUDE"] });
 * telemetry.on("telemetry", ({ vehicle }) => console.log(vehicle?.headingDeg));
 */
export class TelemetryClient extends EventEmitter<TelemetryClientEvents> implements AsyncDisposable {
  /** In full, with scheme and port. */
  readonly url: string;
  #state: TelemetryState = { name: "connecting", attempt: 1 };
  #latest: TelemetrySnapshot | undefined;
  #attempts = 0;
  readonly #offset = new ClockOffset();
  readonly #options: ResolvedTelemetryClientOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #end = new AbortController();
  readonly #done: Promise<void>;

  /**
   * Begins to connect at once.
   * @param url `http://pi:8001` or `https://pi:8001`; `pi` alone means the first, and 8001 is the port if none is given.
   * @throws StreamError `invalid-url`, `invalid-option`
   */
  constructor(url: string, options: TelemetryClientOptions = {}) {
    super();
    this.#options = resolveTelemetryOptions(options);
    this.url = telemetryAddress(url);
    this.#clock = this.#options.clock ?? systemClock;
    this.#logger = this.#options.logger ?? silentLogger;
    this.#done = this.#run();
  }

  get state(): TelemetryState {
    return this.#state;
  }

  /** The newest snapshot, however old: its `atMs` tells; undefined before the first. */
  get latest(): TelemetrySnapshot | undefined {
    return this.#latest;
  }

  /** How far the sender's clock is from ours, by now; undefined before the first exchange of times. */
  get clockOffset(): ClockEstimate | undefined {
    return this.#offset.at(this.#clock.now());
  }

  /** Ends the connection; resolves when it is gone. Idempotent. */
  close(): Promise<void> {
    this.#end.abort();
    return this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // socket.io has a policy of retrying of its own, which is off: there is one for everything here.
  async #run(): Promise<void> {
    await keepRunning({
      ...{ signal: this.#end.signal, clock: this.#clock },
      run: (attempt) => this.#connect(attempt),
      ...{ minDelayMs: MIN_RETRY_MS, maxDelayMs: MAX_RETRY_MS },
      onFailure: (reason) => this.#failed(reason),
    });
    this.#setState({ name: "closed" });
  }

  async #connect(attempt: Attempt): Promise<void> {
    this.#attempts++;
    // socket.io-client takes 0.1 s to load, which only who wants telemetry should wait for.
    const { TelemetryConnection } = await import("./telemetry-connection.js");
    const own = { url: this.url, clock: this.#clock, sink: this.#sink(attempt) };
    await new TelemetryConnection({ ...this.#options, ...own }).run(attempt.signal);
  }

  #sink(attempt: Attempt): TelemetrySink {
    const unreadable = new Set<string>();
    return {
      hello: (hello) => {
        attempt.flowing();
        if (this.#state.name !== "connected") this.#setState({ name: "connected" });
        this.emit("hello", hello);
      },
      snapshot: (snapshot) => {
        this.#latest = snapshot;
        this.emit("telemetry", snapshot);
      },
      message: (message) => this.emit("message", message),
      exchange: (exchange) => {
        this.#offset.add(exchange);
        const estimate = this.clockOffset;
        if (estimate) this.emit("clock", estimate);
      },
      unreadable: (event) => {
        if (!unreadable.has(event)) this.#logger.warn({ url: this.url, event }, "telemetry that cannot be read");
        unreadable.add(event);
      },
    };
  }

  #failed(reason: StreamError): void {
    const state = this.#state;
    const isKnown = state.name === "reconnecting" && state.reason.message === reason.message;
    if (!isKnown) this.#logger.warn({ url: this.url, code: reason.code }, reason.message);
    this.#setState({ name: "reconnecting", attempt: this.#attempts + 1, reason });
  }

  #setState(state: TelemetryState): void {
    this.#state = state;
    this.emit("state", state);
  }
}
