import { io, type Socket } from "socket.io-client";
import { BoundedWebSocket } from "../bounded-web-socket.js";
import type { Clock, Timer } from "../clock.js";
import { describeSocketError } from "../describe-socket-error.js";
import { StreamError, type StreamErrorCode } from "../errors.js";
import type { ClockExchange } from "./clock-offset.js";
import type { MavlinkMessage } from "./mavlink-message.js";
import { readClockAnswer, readHello, readMessage, readSnapshot } from "./read-telemetry.js";
import type { TelemetryHello } from "./telemetry-protocol.js";
import type { TelemetrySnapshot } from "./telemetry-snapshot.js";

const TICK_MS = 1_000;
/** Every tick asks for the time, so that a sender that lives answers in every tick. */
const SILENT_TICKS = 3;
/** The first exchanges follow each other at once: the quickest of several is much more certain than the first. */
const FIRST_EXCHANGES = 8;
const ANSWER_TIMEOUT_MS = 5_000;

/** What a connection brings; every value is checked. */
export interface TelemetrySink {
  hello(hello: TelemetryHello): void;
  snapshot(snapshot: TelemetrySnapshot): void;
  message(message: MavlinkMessage): void;
  exchange(exchange: ClockExchange): void;
  /** An event with this name could not be read, and was left out. */
  unreadable(event: string): void;
}

/** What a {@link TelemetryConnection} works with. */
export interface TelemetryConnectionOptions {
  /** In full, such as `http://pi:8001`. */
  url: string;
  messages: "all" | readonly (string | number)[];
  connectTimeoutMs: number;
  rejectUnauthorized: boolean;
  clock: Clock;
  sink: TelemetrySink;
}

/** One connection to a sender's telemetry. It never retries: its owner makes another. */
export class TelemetryConnection {
  readonly #options: TelemetryConnectionOptions;
  readonly #socket: Socket;
  #helloTimeout: Timer | undefined;
  #ticker: Timer | undefined;
  #silentTicks = 0;
  #exchanges = 0;
  #reject: (error: StreamError) => void = () => {};

  constructor(options: TelemetryConnectionOptions) {
    this.#options = options;
    this.#socket = io(options.url, {
      transports: [BoundedWebSocket],
      ...{ reconnection: false, forceNew: true, autoConnect: false },
      rejectUnauthorized: options.rejectUnauthorized,
    });
  }

  /**
   * Connects, and stays until the signal aborts or the connection ends. To be called once.
   * @throws StreamError `connect-failed`, `connection-lost`, `stream-ended`, `stalled`
   */
  run(signal: AbortSignal): Promise<void> {
    const { clock, connectTimeoutMs } = this.#options;
    return new Promise<void>((resolve, reject) => {
      this.#reject = reject;
      signal.addEventListener("abort", () => resolve(), { once: true });
      if (signal.aborted) return resolve();
      const late = `nobody says hello within ${connectTimeoutMs} ms; is this the port of a sender's telemetry?`;
      this.#helloTimeout = clock.after(connectTimeoutMs, () => this.#fail("connect-failed", late));
      this.#listen();
      this.#socket.connect();
    }).finally(() => {
      this.#helloTimeout?.cancel();
      this.#ticker?.cancel();
      this.#socket.off().disconnect();
    });
  }

  #listen(): void {
    const { messages, sink } = this.#options;
    this.#socket.on("connect", () => {
      if (messages.length > 0) this.#socket.emit("subscribe", messages);
    });
    this.#socket.on("connect_error", (error) => this.#fail("connect-failed", describeConnectError(error)));
    this.#socket.on("disconnect", (reason) => {
      if (reason === "io server disconnect") this.#fail("stream-ended", "the sender closed the connection");
      else this.#fail("connection-lost", `the connection was lost (${reason})`);
    });
    this.#take("hello", readHello, (hello) => {
      this.#greeted();
      sink.hello(hello);
    });
    this.#take("telemetry", readSnapshot, (snapshot) => sink.snapshot(snapshot));
    this.#take("message", readMessage, (message) => sink.message(message));
  }

  #take<Value>(event: string, read: (value: unknown) => Value | undefined, pass: (value: Value) => void): void {
    this.#socket.on(event, (value: unknown) => {
      const readable = read(value);
      if (readable === undefined) return this.#options.sink.unreadable(event);
      this.#silentTicks = 0;
      pass(readable);
    });
  }

  #greeted(): void {
    this.#helloTimeout?.cancel();
    if (this.#ticker) return;
    this.#ticker = this.#options.clock.every(TICK_MS, () => this.#tick());
    this.#askTime();
  }

  // Ticks are counted, not time: while the event loop is blocked there are none, and what the sender says waits.
  #tick(): void {
    if (this.#silentTicks++ < SILENT_TICKS) this.#askTime();
    else this.#fail("stalled", `the sender has said nothing for ${SILENT_TICKS} s`);
  }

  #askTime(): void {
    const { clock, sink } = this.#options;
    const [sentAtMs, askedAtMs] = [clock.wallNow(), clock.now()];
    this.#socket.timeout(ANSWER_TIMEOUT_MS).emit("clock", (error: Error | null, answer: unknown) => {
      if (error) return;
      const nowMs = clock.now();
      const times = readClockAnswer(answer);
      if (!times) return sink.unreadable("clock");
      this.#silentTicks = 0;
      // The wall clock may be set in between; the other one cannot.
      const receivedAtMs = sentAtMs + (nowMs - askedAtMs);
      const { receivedAtMs: serverReceivedAtMs, sentAtMs: serverSentAtMs } = times;
      sink.exchange({ sentAtMs, receivedAtMs, serverReceivedAtMs, serverSentAtMs, nowMs });
      if (++this.#exchanges < FIRST_EXCHANGES) this.#askTime();
    });
  }

  #fail(code: StreamErrorCode, problem: string): void {
    const { url } = this.#options;
    this.#reject(new StreamError(code, `telemetry of ${url}: ${problem}`, { details: { url } }));
  }
}

/** What the transport says is "websocket error"; what happened stands in its description. */
function describeConnectError(error: Error & { description?: unknown }): string {
  const description = error.description as { error?: NodeJS.ErrnoException } | undefined;
  const cause: NodeJS.ErrnoException = description?.error ?? error;
  const isCertificate = /CERT|ALTNAME/.test(cause.code ?? "");
  return isCertificate ? `${cause.message}; rejectUnauthorized: false takes it` : describeSocketError(cause);
}
