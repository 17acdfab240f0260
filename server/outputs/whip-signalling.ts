import type { Timer } from "../../lib/clock.js";
import { StreamError, type StreamErrorCode } from "../../lib/errors.js";
import { describePushError } from "./describe-push-error.js";
import { hideToken } from "./hide-token.js";
import { exchangeHttp, type HttpAnswer } from "./http-exchange.js";
import { type Signalling, type SignallingOwner, TOKEN_ADVICE } from "./signalling.js";

const SDP = "application/sdp";
const MAX_REDIRECTS = 3;
/** Who said no is not asked again at once; how long it wishes is heeded up to a bound. */
const REFUSED_MS = { least: 500, most: 30_000 } as const;
/** A goodbye must not keep the next try waiting. */
const GOODBYE_MS = 1_000;
const MAX_REASON_LENGTH = 200;

/** What no further try mends. 404 and 409 are for a while: of a stream that is not there yet, or still there. */
const FINAL: Readonly<Record<number, StreamErrorCode>> = {
  ...{ 401: "unauthorized", 403: "unauthorized", 400: "unsupported", 405: "unsupported", 406: "unsupported" },
  ...{ 415: "unsupported", 422: "unsupported", 501: "unsupported" },
};

/** Where a camera is offered by WHIP. */
export interface WhipSignallingOptions {
  /** Without its token. */
  endpoint: URL;
  token: string | undefined;
  /** Whether a certificate counts that nobody vouches for. */
  insecure: boolean;
  /** Outlives a connection: when the server may be asked again. Monotonic. */
  patience: { untilMs: number };
}

/** WebRTC-HTTP ingestion: one request to begin, one to end. @see RFC 9725 */
export class WhipSignalling implements Signalling {
  readonly #options: WhipSignallingOptions;
  readonly #owner: SignallingOwner;
  readonly #stop = new AbortController();
  #pause: Timer | undefined;
  #session: URL | undefined;

  constructor(options: WhipSignallingOptions, owner: SignallingOwner) {
    this.#options = options;
    this.#owner = owner;
  }

  /** Waits where the server wished it. */
  async connect(): Promise<void> {
    const { clock } = this.#owner;
    const pauseMs = this.#options.patience.untilMs - clock.now();
    if (pauseMs <= 0) return;
    await new Promise<void>((resolve) => {
      this.#pause = clock.after(pauseMs, resolve);
    });
  }

  async offer(sdp: string): Promise<string> {
    let url = this.#options.endpoint;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = await this.#post(url, sdp);
      const { location } = answer.headers;
      if (answer.status === 307 || answer.status === 308) {
        url = follow(location, url);
        continue;
      }
      if (answer.status !== 201 && answer.status !== 200) throw this.#refusal(answer, url);
      if (location !== undefined) this.#session = follow(location, url);
      return answer.body;
    }
    throw new StreamError("connect-failed", `the server redirects more than ${MAX_REDIRECTS} times`);
  }

  /** The other side learns them from our checks: telling them takes a request that not every server knows. */
  tell(): void {}

  async close(): Promise<void> {
    this.#pause?.cancel();
    this.#stop.abort();
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    const end = new AbortController();
    const patience = this.#owner.clock.after(GOODBYE_MS, () => end.abort());
    await this.#ask("DELETE", session, { signal: end.signal }).catch(() => {});
    patience.cancel();
  }

  async #post(url: URL, sdp: string): Promise<HttpAnswer> {
    const headers = { "Content-Type": SDP, Accept: SDP, "Content-Length": String(Buffer.byteLength(sdp)) };
    try {
      return await this.#ask("POST", url, { headers, body: sdp, signal: this.#stop.signal });
    } catch (error) {
      throw new StreamError("connect-failed", describePushError(error as NodeJS.ErrnoException), { cause: error });
    }
  }

  #ask(
    method: "POST" | "DELETE",
    url: URL,
    request: { headers?: Record<string, string>; body?: string; signal: AbortSignal },
  ): Promise<HttpAnswer> {
    const { token, insecure } = this.#options;
    const authorization = token !== undefined && this.#isTrusted(url) ? { Authorization: `Bearer ${token}` } : {};
    const headers = { ...request.headers, ...authorization };
    return exchangeHttp({ ...request, method, url, headers, insecure, clock: this.#owner.clock });
  }

  /** The token goes to the host that the URL names, and never from TLS to a connection without. */
  #isTrusted(url: URL): boolean {
    const { endpoint } = this.#options;
    if (url.origin === endpoint.origin) return true;
    return url.hostname === endpoint.hostname && url.protocol === "https:" && endpoint.protocol === "http:";
  }

  #refusal({ status, headers, body }: HttpAnswer, url: URL): StreamError {
    const { clock } = this.#owner;
    const wishedMs = retryAfterMs(headers["retry-after"], clock.wallNow());
    const pauseMs = Math.min(Math.max(wishedMs ?? 0, REFUSED_MS.least), REFUSED_MS.most);
    this.#options.patience.untilMs = clock.now() + pauseMs;
    const { token } = this.#options;
    const isKept = token !== undefined && !this.#isTrusted(url);
    const told = isKept ? `, redirected to ${url.host}, where the token does not go` : "";
    const reason = reasonOf(headers["content-type"], hideToken(body, token));
    const advice = status === 401 && token === undefined ? TOKEN_ADVICE : "";
    const message = `the server answers ${status}${told}${reason}${advice}`;
    return new StreamError(FINAL[status] ?? "connect-failed", message, { details: { status } });
  }
}

/** @throws StreamError `invalid-data` */
function follow(location: string | undefined, from: URL): URL {
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new StreamError("invalid-data", "the server's answer has no Location that is an address");
  }
  const url = new URL(location, from);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new StreamError("invalid-data", `the server's Location is of ${url.protocol}, which is not HTTP`);
  }
  // These would be sent as a password, which nobody gave.
  url.username = "";
  url.password = "";
  return url;
}

/** @see RFC 9110 section 10.2.3 */
function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) ? ms : undefined;
}

/** What the server says, where that is text for people. */
function reasonOf(type: string | undefined, body: string): string {
  const text = body
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, MAX_REASON_LENGTH);
  return text !== "" && /^(?:text\/plain|application\/(?:problem\+)?json)/i.test(type ?? "") ? `: ${text}` : "";
}
