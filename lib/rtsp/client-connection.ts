import type { Socket } from "node:net";
import { ClientAuthorization } from "../auth/client-authorization.js";
import type { Clock, Timer } from "../clock.js";
import { describeSocketError } from "../describe-socket-error.js";
import { StreamError } from "../errors.js";
import { type RtspClientSession, readSession } from "./client-session.js";
import {
  formatRequest,
  formatResponse,
  RtspHeaders,
  type RtspItem,
  type RtspRequest,
  type RtspResponse,
} from "./message.js";
import { RtspMessageParser } from "./message-parser.js";
import { type OpenRtspSocketOptions, openRtspSocket } from "./open-rtsp-socket.js";
import { formatRtspUrl } from "./rtsp-url.js";

const USER_AGENT = "glasslink";
/** A first answer may find fault with missing credentials, a second one with an old nonce. */
const MAX_TRIES = 3;
/** What a server may ask of us. */
const ANSWERED = ["OPTIONS", "GET_PARAMETER", "SET_PARAMETER", "ANNOUNCE", "REDIRECT", "TEARDOWN"];
/** A server that asks and asks and reads no answer gets none any more. */
const MOST_UNREAD_BYTES = 64 * 1024;

/** What goes with a request; `CSeq`, `Session` and `Authorization` are added by the connection. */
export interface RtspRequestOptions {
  headers?: Readonly<Record<string, string>>;
  body?: Buffer;
  /** How long the answer may take; default as long as connecting. */
  timeoutMs?: number;
}

interface Pending extends Required<Omit<RtspRequestOptions, "timeoutMs">> {
  method: string;
  url: string;
  tries: number;
  /** How many challenges had come when it was sent. */
  challenges: number;
  timer: Timer;
  resolve(response: RtspResponse): void;
  reject(error: StreamError): void;
}

/**
 * A client's connection to an RTSP server, for playing and for publishing. It matches answers to requests, any number
 * of which may be on their way, answers the server's challenges and its own requests, and keeps the session.
 * @see RFC 2326
 */
export class RtspConnection {
  readonly socket: Socket;
  /** Resolves with why when the socket is gone; never rejects. Code `closed` where `close()` did it. */
  readonly closed: Promise<StreamError>;
  /** Gets every interleaved frame; must not throw. */
  onInterleaved: (channel: number, data: Buffer) => void = () => {};
  /** Gets every request of the server, after it was answered. */
  onRequest: (request: RtspRequest) => void = () => {};
  /** For messages: without credentials. */
  readonly #url: string;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #hasCredentials: boolean;
  readonly #authorization: ClientAuthorization;
  readonly #parser = new RtspMessageParser();
  readonly #pending = new Map<number, Pending>();
  #sequence = 0;
  #challenges = 0;
  #session: RtspClientSession | undefined;
  #reason: StreamError | undefined;

  private constructor(socket: Socket, { url, clock, connectTimeoutMs }: OpenRtspSocketOptions) {
    this.socket = socket;
    this.#url = formatRtspUrl(url);
    this.#clock = clock;
    this.#timeoutMs = connectTimeoutMs;
    this.#hasCredentials = url.credentials !== undefined;
    this.#authorization = new ClientAuthorization(url.credentials);
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("error", (cause) => this.#end("connection-lost", describeSocketError(cause), cause));
    socket.on("end", () => this.#end("connection-lost", "the server closed the connection"));
    this.closed = new Promise((resolve) => {
      socket.on("close", () => resolve(this.#end("connection-lost", "the connection was closed")));
    });
  }

  /**
   * Connects.
   * @throws StreamError `connect-failed`, `invalid-url`; the reason of `signal` when that aborts
   */
  static async open(options: OpenRtspSocketOptions): Promise<RtspConnection> {
    return new RtspConnection(await openRtspSocket(options), options);
  }

  /** The session that the server gave; undefined before. */
  get session(): RtspClientSession | undefined {
    return this.#session;
  }

  /**
   * Sends a request; resolves with its answer, whatever status it has but 401: that one is answered with our credentials.
   * @param url absolute, or `*`
   * @throws StreamError `unauthorized`; `connect-failed` without an answer in time; why the connection ended
   */
  request(method: string, url: string, options: RtspRequestOptions = {}): Promise<RtspResponse> {
    const { headers = {}, body = Buffer.alloc(0), timeoutMs = this.#timeoutMs } = options;
    return new Promise((resolve, reject) => {
      if (this.#reason) return reject(this.#reason);
      const timer = this.#clock.after(timeoutMs, () => {
        for (const [sequence, { timer: own }] of this.#pending) if (own === timer) this.#pending.delete(sequence);
        reject(new StreamError("connect-failed", `${this.#url}: no answer to ${method} within ${timeoutMs} ms`));
      });
      this.#send({ ...{ method, url, headers, body, timer, resolve, reject }, tries: 0, challenges: 0 });
    });
  }

  /** Destroys the socket; requests without an answer reject. Idempotent. */
  close(): void {
    this.#end("closed", "the connection was closed by this side");
  }

  #send(request: Pending): void {
    const { method, url, body } = request;
    const sequence = ++this.#sequence;
    request.tries++;
    request.challenges = this.#challenges;
    this.#pending.set(sequence, request);
    const headers = new RtspHeaders({
      ...{ CSeq: sequence, "User-Agent": USER_AGENT, Session: this.#session?.id },
      ...{ Authorization: this.#authorization.header(method, url), ...request.headers },
    });
    this.socket.write(formatRequest({ method, url, headers, body }));
  }

  #read(bytes: Buffer): void {
    if (this.#reason) return;
    try {
      this.#parser.push(bytes, (item) => this.#take(item));
    } catch (error) {
      this.#end("invalid-data", `what came is no RTSP: ${(error as Error).message}`, error);
    }
  }

  #take(item: RtspItem): void {
    // What follows the bytes that ended it is not looked at.
    if (this.#reason) return;
    if (item.kind === "interleaved") this.onInterleaved(item.channel, item.data);
    else if (item.kind === "request") this.#answer(item);
    // 100 Continue announces the answer.
    else if (item.status >= 200) this.#respond(item);
  }

  #respond(response: RtspResponse): void {
    const sequence = this.#sequenceOf(response);
    const request = sequence === undefined ? undefined : this.#pending.get(sequence);
    if (sequence === undefined || !request) return;
    this.#pending.delete(sequence);
    this.#session = readSession(response.headers.get("Session"), this.#session);
    if (response.status === 401 && this.#mayAskAgain(request, response)) return this.#send(request);
    request.timer.cancel();
    if (response.status === 401) return request.reject(this.#refused(response));
    if (request.challenges > 0) this.#authorization.accepted();
    request.resolve(response);
  }

  /** Some servers forget to number their answers: then it is the one that is awaited, if there is but one. */
  #sequenceOf({ headers }: RtspResponse): number | undefined {
    const text = headers.get("CSeq");
    if (text !== undefined && text !== "") return Number(text);
    return this.#pending.size === 1 ? this.#pending.keys().next().value : undefined;
  }

  #mayAskAgain(request: Pending, { headers }: RtspResponse): boolean {
    if (request.tries >= MAX_TRIES) return false;
    // It was on its way when another one was challenged.
    if (request.challenges < this.#challenges) return true;
    if (!this.#authorization.challenged(headers.all("WWW-Authenticate"))) return false;
    this.#challenges++;
    return true;
  }

  #refused({ headers }: RtspResponse): StreamError {
    const offered = headers.all("WWW-Authenticate").map((value) => value.split(" ")[0]);
    const unknown = `the server wants a kind of authentication that is not known here (${offered.join(", ")})`;
    const missing =
      "the server wants a user name and a password; write them into the URL: rtsp://user:password@host/path";
    const refused = this.#challenges > 0 ? "user name or password refused" : unknown;
    const message = `${this.#url}: ${this.#hasCredentials ? refused : missing}`;
    return new StreamError("unauthorized", message, { details: { status: 401 } });
  }

  #answer(request: RtspRequest): void {
    const status = ANSWERED.includes(request.method) ? 200 : 501;
    const headers = new RtspHeaders({
      ...{ CSeq: request.headers.get("CSeq"), Session: request.headers.get("Session") },
      Public: request.method === "OPTIONS" ? ANSWERED.join(", ") : undefined,
    });
    if (this.socket.writableLength < MOST_UNREAD_BYTES) this.socket.write(formatResponse({ status, headers }));
    this.onRequest(request);
  }

  /** Gives the first reason, whoever calls. */
  #end(code: "closed" | "connection-lost" | "invalid-data", message: string, cause?: unknown): StreamError {
    if (this.#reason) return this.#reason;
    const reason = new StreamError(code, `${this.#url}: ${message}`, cause === undefined ? {} : { cause });
    this.#reason = reason;
    this.socket.destroy();
    for (const { timer, reject } of this.#pending.values()) {
      timer.cancel();
      reject(reason);
    }
    this.#pending.clear();
    return reason;
  }
}
