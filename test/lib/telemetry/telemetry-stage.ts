import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { Server, type Socket } from "socket.io";
import { onTestFinished } from "vitest";
import { TelemetryClient } from "../../../lib/telemetry/telemetry-client.js";
import type { TelemetryClientOptions } from "../../../lib/telemetry/telemetry-client-options.js";
import { CERTIFICATE } from "../../support/self-signed.js";

const HELLO = { version: 1, rateHz: 10, link: null };

/** How a {@link TelemetryStage} differs from a sender that does all as it should. */
export interface TelemetryStageOptions {
  port?: number;
  isSecure?: boolean;
  /** What it says first; undefined: nothing. */
  hello?: unknown;
  /** How far its clock is ahead of ours, in milliseconds. */
  aheadMs?: number;
  /** Answers the question for the time. Default: by its clock. */
  answerClock?: (answer: (times: unknown) => void) => void;
}

/** A sender's telemetry under the test's command. */
export class TelemetryStage {
  readonly subscriptions: unknown[] = [];
  readonly #http: HttpServer;
  readonly #io: Server;
  readonly #options: TelemetryStageOptions;
  questions = 0;

  private constructor(options: TelemetryStageOptions) {
    this.#options = { hello: HELLO, ...options };
    this.#http = options.isSecure ? createSecureServer(CERTIFICATE) : createServer();
    this.#io = new Server(this.#http, { serveClient: false });
    this.#io.on("connection", (socket) => this.#welcome(socket));
  }

  static async open(options: TelemetryStageOptions = {}): Promise<TelemetryStage> {
    const stage = new TelemetryStage(options);
    stage.#http.listen(options.port ?? 0, "127.0.0.1");
    await once(stage.#http, "listening");
    onTestFinished(() => stage.close());
    return stage;
  }

  get port(): number {
    return (this.#http.address() as { port: number }).port;
  }

  get url(): string {
    return `${this.#options.isSecure ? "https" : "http"}://127.0.0.1:${this.port}`;
  }

  get clients(): number {
    return this.#io.engine.clientsCount;
  }

  /** Sends an event to all. */
  say(event: string, ...values: unknown[]): void {
    this.#io.emit(event, ...values);
  }

  /** Ends all connections, by socket.io's own goodbye. */
  dismiss(): void {
    this.#io.disconnectSockets();
  }

  async close(): Promise<void> {
    await this.#io.close();
  }

  #welcome(socket: Socket): void {
    const { hello, aheadMs = 0, answerClock } = this.#options;
    const clock = (): number => performance.timeOrigin + performance.now() + aheadMs;
    socket.on("subscribe", (which: unknown) => this.subscriptions.push(which));
    socket.on("clock", (answer: (times: unknown) => void) => {
      this.questions++;
      if (answerClock) answerClock(answer);
      else answer({ receivedAtMs: clock(), sentAtMs: clock() });
    });
    if (hello !== undefined) socket.emit("hello", hello);
  }
}

/** A client, and what it tells. */
export function openClient(url: string, options: TelemetryClientOptions = {}) {
  const client = new TelemetryClient(url, options);
  const states: string[] = [];
  client.on("state", (state) => states.push(state.name === "reconnecting" ? state.reason.code : state.name));
  onTestFinished(() => client.close());
  return { client, states };
}

/** How `expect.poll` waits for what comes soon; generous, since the machine may be busy. */
export const SOON = { timeout: 10_000, interval: 5 };
