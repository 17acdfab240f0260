import { io, type Socket } from "socket.io-client";
import { BoundedWebSocket } from "../../lib/bounded-web-socket.js";
import type { Timer } from "../../lib/clock.js";
import { StreamError, type StreamErrorCode } from "../../lib/errors.js";
import { describePushError } from "./describe-push-error.js";
import { readAnswer, readCandidate, readProblem } from "./read-signalling.js";
import { SIGNALLING_MS, type Signalling, type SignallingOwner, TOKEN_ADVICE } from "./signalling.js";

/** Of the only section of our offer. */
const SECTION = { sdpMid: "0", sdpMLineIndex: 0 } as const;
/** Warnings of one connection; the other side might have many. */
const MAX_WARNINGS = 3;

/** Where a camera is offered by socket.io. */
export interface StreamSignallingOptions {
  /** With the namespace as its path, such as `http://server:8080/stream`. */
  url: string;
  cameraId: string;
  /** What the server asks for, if it does. */
  token: string | undefined;
  /** Whether a certificate counts that nobody vouches for. */
  insecure: boolean;
}

/** WebSocket alone, and a server that is away is noticed soon. */
class PromptWebSocket extends BoundedWebSocket {
  override createSocket(
    ...[uri, protocols, options]: Parameters<BoundedWebSocket["createSocket"]>
  ): ReturnType<BoundedWebSocket["createSocket"]> {
    return super.createSocket(uri, protocols, { ...options, handshakeTimeout: SIGNALLING_MS.connect });
  }
}

/**
 * The protocol of camera clients over socket.io: `offer`, `answer` and `ice-candidate` within a namespace. The connection
 * stays; the server lets a camera go with it.
 */
export class StreamSignalling implements Signalling {
  readonly #options: StreamSignallingOptions;
  readonly #owner: SignallingOwner;
  readonly #socket: Socket;
  #step: { name: string; timer: Timer; reject(error: StreamError): void } | undefined;
  #warnings = 0;
  #closed = false;

  constructor(options: StreamSignallingOptions, owner: SignallingOwner) {
    const { url, token, insecure } = options;
    this.#options = options;
    this.#owner = owner;
    this.#socket = io(url, {
      transports: [PromptWebSocket],
      ...{ reconnection: false, forceNew: true, autoConnect: false },
      rejectUnauthorized: !insecure,
      ...(token !== undefined && { auth: { token } }),
    });
    this.#socket.on("connect_error", (error) => this.#refused(error));
    this.#socket.on("disconnect", (reason) => this.#fail("connection-lost", `signalling was lost (${reason})`));
    this.#socket.on("ice-candidate", (event: unknown) => {
      const candidate = readCandidate(event, options.cameraId);
      if (candidate !== undefined) owner.candidate(candidate);
    });
    this.#socket.on("error", (event: unknown) => this.#problem(event));
  }

  async connect(): Promise<void> {
    await this.#ask(
      "connected",
      () => "",
      () => this.#socket.connect(),
    );
  }

  offer(sdp: string): Promise<string> {
    const { cameraId } = this.#options;
    const read = (event: unknown): string | undefined => readAnswer(event, cameraId);
    return this.#ask("answer", read, () => this.#socket.emit("offer", { cameraId, offer: { type: "offer", sdp } }));
  }

  tell(candidates: readonly string[]): void {
    const { cameraId } = this.#options;
    for (const candidate of candidates) {
      this.#socket.emit("ice-candidate", { cameraId, candidate: { candidate, ...SECTION } });
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#step?.timer.cancel();
    if (this.#socket.connected) this.#socket.emit("disconnect-camera", { cameraId: this.#options.cameraId });
    this.#socket.off().disconnect();
  }

  /** Resolves with the first event of that name that can be read. */
  #ask(event: string, read: (value: unknown) => string | undefined, ask: () => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const { clock } = this.#owner;
      const late = `the server did not say "${event}" within ${SIGNALLING_MS.answer / 1_000} s`;
      const timer = clock.after(SIGNALLING_MS.answer, () => this.#fail("connect-failed", late));
      this.#step = { name: event, timer, reject };
      this.#socket.on(event, (value: unknown) => {
        const found = read(value);
        if (found === undefined || this.#step?.name !== event) return;
        timer.cancel();
        this.#step = undefined;
        resolve(found);
      });
      ask();
    });
  }

  /** What the transport says is "websocket error"; what happened stands in its description. */
  #refused(error: Error & { description?: unknown; data?: unknown }): void {
    const cause = (error.description as { error?: NodeJS.ErrnoException } | undefined)?.error;
    if (cause) return this.#fail("connect-failed", describePushError(cause));
    const { url, token } = this.#options;
    const { code, message } = readProblem({ ...(error.data as object | undefined), message: error.message }, token);
    const advice = code === "unauthorized" && token === undefined ? TOKEN_ADVICE : "";
    this.#fail(code, `the server refuses the namespace ${new URL(url).pathname}: ${message}${advice}`);
  }

  /** Once the answer is there, it ends nothing but where it says so. */
  #problem(event: unknown): void {
    const { cameraId: own, token } = this.#options;
    const { cameraId, isOver, code, message } = readProblem(event, token);
    if (cameraId !== undefined && cameraId !== own) return;
    const problem = `the server says: ${message}`;
    if (this.#step) return this.#fail(code, problem);
    if (isOver) return this.#fail("connection-lost", problem);
    this.#warnings += 1;
    if (this.#warnings <= MAX_WARNINGS) this.#owner.warning(new StreamError(code, problem));
  }

  #fail(code: StreamErrorCode, problem: string): void {
    if (this.#closed) return;
    const error = new StreamError(code, problem);
    this.#step?.timer.cancel();
    if (this.#step) this.#step.reject(error);
    else this.#owner.lost(error);
    this.#step = undefined;
  }
}
