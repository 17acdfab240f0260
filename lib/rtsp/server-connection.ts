import type { Socket } from "node:net";
import type { Clock } from "../clock.js";
import type { Logger } from "../logger.js";
import { formatResponse, RtspHeaders, type RtspItem, type RtspRequest } from "./message.js";
import { RtspMessageParser } from "./message-parser.js";
import type { RtspClient, RtspPath } from "./server-path.js";
import { answer, type RtspReply } from "./server-requests.js";
import { RtspSessions } from "./server-sessions.js";
import { statusOf } from "./status-error.js";

/** Requests that may wait for the one in work; then no more is read. */
const MAX_QUEUED_REQUESTS = 16;
/** Somebody who connects and says nothing. */
const IDLE_MS = 30_000;
/** Wrong passwords on one connection. */
const MAX_REFUSALS = 5;

/** What an {@link RtspServerConnection} works with. */
export interface RtspServerConnectionOptions {
  socket: Socket;
  clock: Clock;
  logger: Logger;
  findPath(pathname: string): RtspPath | undefined;
}

/**
 * One client's connection: reads its requests, has them answered one after the other, and ends its sessions when it is
 * gone. What it holds is bounded: over that, it stops reading.
 */
export class RtspServerConnection implements RtspClient {
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly name: string;
  userAgent = "";
  readonly #options: RtspServerConnectionOptions;
  readonly #parser = new RtspMessageParser();
  readonly #sessions: RtspSessions;
  readonly #queue: RtspRequest[] = [];
  #working = false;
  #lastRequestMs: number;
  #refusals = 0;

  constructor(options: RtspServerConnectionOptions) {
    this.#options = options;
    const { socket, clock } = options;
    this.socket = socket;
    this.remoteAddress = plain(socket.remoteAddress);
    this.localAddress = plain(socket.localAddress);
    this.name = `${this.remoteAddress} port ${socket.remotePort}`;
    this.#sessions = new RtspSessions(clock);
    this.#lastRequestMs = clock.now();
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("close", () => this.#sessions.close());
  }

  /** When its last request came, or it connected; infinite while it has a session. */
  get silentSinceMs(): number {
    return this.#sessions.size === 0 ? this.#lastRequestMs : Number.POSITIVE_INFINITY;
  }

  close(reason: string): void {
    this.#end(reason);
    this.socket.destroy();
  }

  /** The sessions of that path end, and the connection with them. */
  forget(path: RtspPath): void {
    if (this.#sessions.forget(path)) this.close("the path is not served any more");
  }

  /** Looks whether it has been silent for too long. */
  sweep(): void {
    const nowMs = this.#options.clock.now();
    if (this.#sessions.expire(nowMs)) this.close("no sign of life from the session");
    else if (nowMs - this.silentSinceMs > IDLE_MS) this.close("no request for 30 s");
  }

  #read(bytes: Buffer): void {
    try {
      this.#parser.push(bytes, (item) => this.#take(item));
    } catch (error) {
      this.#write({ status: statusOf(error), headers: new RtspHeaders() });
      return this.#dismiss((error as Error).message);
    }
    if (this.#queue.length > MAX_QUEUED_REQUESTS) this.socket.pause();
    void this.#work();
  }

  #take(item: RtspItem): void {
    if (item.kind === "interleaved") this.#sessions.interleaved(item.channel, item.data);
    else if (item.kind === "request") this.#queue.push(item);
    // A response to nothing that was asked is passed over.
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (let request = this.#queue.shift(); request && !this.socket.destroyed; request = this.#queue.shift()) {
      await this.#serve(request);
      // Who does not read the answers is asked nothing more.
      if (this.socket.writableNeedDrain) await drainedOrClosed(this.socket);
    }
    this.#working = false;
    if (this.socket.isPaused()) this.socket.resume();
  }

  async #serve(request: RtspRequest): Promise<void> {
    const { clock, findPath, logger } = this.#options;
    this.#lastRequestMs = clock.now();
    this.userAgent ||= request.headers.get("User-Agent") ?? "";
    const reply: RtspReply = await answer(request, { client: this, sessions: this.#sessions, findPath }).catch(
      (error: unknown) => {
        logger.debug({ client: this.name }, `RTSP ${request.method}: ${(error as Error).message}`);
        return { status: statusOf(error), headers: new RtspHeaders() };
      },
    );
    if (this.socket.destroyed) return;
    this.#write(reply, request.headers.get("CSeq"));
    reply.sent?.();
    if (reply.status === 401 && request.headers.get("Authorization") !== undefined) this.#refusals++;
    if (this.#refusals >= MAX_REFUSALS) this.#dismiss("too many wrong passwords");
  }

  /** The last answer still goes out; nothing more is read. */
  #dismiss(reason: string): void {
    this.#end(reason);
    this.#queue.length = 0;
    this.socket.removeAllListeners("data").resume();
    this.socket.destroySoon();
  }

  #end(reason: string): void {
    if (!this.socket.destroyed) this.#options.logger.debug({ client: this.name }, `RTSP connection closed: ${reason}`);
    this.#sessions.close();
  }

  #write({ status, headers, body }: RtspReply, sequence?: string): void {
    if (!this.socket.writable) return;
    const all = new RtspHeaders({ CSeq: sequence, Server: "glasslink" });
    for (const { name, value } of headers) all.append(name, value);
    this.socket.write(formatResponse({ status, headers: all, ...(body && { body }) }));
  }
}

/** Never rejects: a connection that breaks meanwhile is closed, and nobody awaits the error. */
function drainedOrClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      socket.off("drain", settle).off("close", settle);
      resolve();
    };
    socket.on("drain", settle).on("close", settle);
  });
}

function plain(address = ""): string {
  return address.replace(/^::ffff:/i, "");
}
