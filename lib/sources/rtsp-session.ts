import type { Timer } from "../clock.js";
import { StreamError } from "../errors.js";
import { isOwnAddress } from "../network-interfaces.js";
import { redact } from "../redact.js";
import { RtspConnection, type RtspRequestOptions } from "../rtsp/client-connection.js";
import { RtspKeepalive } from "../rtsp/client-keepalive.js";
import { redirectedUrl, redirection, statusFailure } from "../rtsp/client-status.js";
import type { RtspRequest, RtspResponse } from "../rtsp/message.js";
import { formatRtspUrl, type RtspUrl } from "../rtsp/rtsp-url.js";
import { type Presentation, readSessionDescription } from "../rtsp/session-description.js";
import { formatTransport, parseTransports } from "../rtsp/transport-header.js";
import { RtpMedia } from "./rtp-media.js";
import { chooseTrack, type PlayableTrack } from "./rtsp-track.js";
import {
  plainAddress,
  type RtspTransport,
  type RtspTransportName,
  type RtspTransportOptions,
  transportName,
} from "./rtsp-transport.js";
import { openMulticastTransport } from "./rtsp-transport-multicast.js";
import { openTcpTransport } from "./rtsp-transport-tcp.js";
import { openUdpTransport } from "./rtsp-transport-udp.js";
import type { SourceContext, SourceSink } from "./source.js";

/** Where UDP was agreed on and nothing has come for so long, it most likely never will: something swallows it. */
export const UDP_PATIENCE_MS = 1_500;
/** For the answer to TEARDOWN: it is politeness. */
const FAREWELL_MS = 100;

const OPENERS = { udp: openUdpTransport, tcp: openTcpTransport, multicast: openMulticastTransport };

/** What one session is made of. */
export interface RtspSessionOptions {
  url: RtspUrl;
  insecure: boolean;
  /** In order of preference; the next one is asked for where the server refuses one. */
  transports: readonly [RtspTransportName, ...RtspTransportName[]];
  sink: SourceSink;
  context: SourceContext;
  /** The server plays; pictures should come from now on. */
  onPlaying(transport: RtspTransportName): void;
  /** The first picture came that can be shown. */
  onPicture(transport: RtspTransportName): void;
}

/** How a session ended that did not fail. */
export type RtspOutcome =
  | { name: "stopped" }
  /** The stream is elsewhere. */
  | { name: "redirected"; url: RtspUrl }
  /** There is video, of a format that is not read here. */
  | { name: "foreign-codec"; encoding: string }
  /** Nothing comes this way; the transports that are left may do better, on a new connection. */
  | { name: "silent"; rest: RtspSessionOptions["transports"]; why: string };

/**
 * One session with a server, from connecting to TEARDOWN; `stopped` when `signal` ended it. When this settles, every
 * socket is gone.
 * @throws StreamError
 */
export async function runRtspSession(options: RtspSessionOptions, signal: AbortSignal): Promise<RtspOutcome> {
  const { url, insecure, context } = options;
  const { clock, connectTimeoutMs } = context;
  const opening = RtspConnection.open({ url, insecure, clock, connectTimeoutMs, signal });
  const connection = await opening.catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (!connection) return { name: "stopped" };
  const session = new RtspSession(connection, options);
  const stop = (): void => session.end({ name: "stopped" });
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await session.ended;
  } finally {
    signal.removeEventListener("abort", stop);
    await session.close();
  }
}

class RtspSession {
  readonly ended: Promise<RtspOutcome>;
  readonly #connection: RtspConnection;
  readonly #options: RtspSessionOptions;
  readonly #started: Promise<void>;
  readonly #deadline: Timer;
  #settle: { resolve(outcome: RtspOutcome): void; reject(error: StreamError): void } | undefined;
  #description = "";
  /** For PLAY, TEARDOWN and signs of life. */
  #url: string;
  #transport: RtspTransport | undefined;
  #media: RtpMedia | undefined;
  #keepalive: RtspKeepalive | undefined;
  #patience: Timer | undefined;
  /** RTP came, which it may before the answer to PLAY. */
  #heard = false;
  /** Called at the first RTP packet. */
  #arrived: () => void = () => {};

  constructor(connection: RtspConnection, options: RtspSessionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#url = formatRtspUrl(options.url);
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const { clock, connectTimeoutMs } = options.context;
    this.#deadline = clock.after(connectTimeoutMs, () => {
      this.#fail(
        new StreamError("connect-failed", `${this.#url}: the server does not play within ${connectTimeoutMs} ms`),
      );
    });
    connection.onRequest = (request) => this.#asked(request);
    void connection.closed.then((error) => this.#fail(error));
    this.#started = this.#start().catch((error: StreamError) => this.#fail(error));
  }

  /** Makes the session end so, if nothing else ended it before. */
  end(outcome: RtspOutcome): void {
    this.#settle?.resolve(outcome);
    this.#stop();
  }

  /** Takes leave of the server; resolves when every socket is gone. */
  async close(): Promise<void> {
    this.#stop();
    if (this.#connection.session) {
      await this.#connection.request("TEARDOWN", this.#url, { timeoutMs: FAREWELL_MS }).catch(() => {});
    }
    this.#connection.close();
    await this.#started;
    await this.#transport?.close();
    await this.#connection.closed;
  }

  #fail(error: StreamError): void {
    this.#settle?.reject(error);
    this.#stop();
  }

  /** Nothing more comes out of it. */
  #stop(): void {
    this.#settle = undefined;
    for (const timer of [this.#deadline, this.#patience]) timer?.cancel();
    this.#keepalive?.close();
    this.#media?.close();
  }

  async #start(): Promise<void> {
    const { url, sink, context, onPicture, onPlaying } = this.#options;
    const presentation = await this.#describe();
    if (!presentation) return;
    const track = chooseTrack(presentation);
    if (typeof track === "string") return this.end({ name: "foreign-codec", encoding: track });
    this.#media = new RtpMedia({
      ...{ track, sink, clock: context.clock },
      sendRtcp: (packet) => this.#transport?.sendRtcp(packet),
      onStarted: () => {
        this.#heard = true;
        this.#arrived();
      },
      onKeyframe: () => {
        if (this.#transport) onPicture(this.#transport.name);
      },
      onEnded: (error) => this.#fail(error),
    });
    const transport = await this.#setUp(track, this.#media);
    if (!transport) return;
    this.#url = presentation.url;
    const response = await this.#request("PLAY", this.#url, { headers: { Range: "npt=0.000-" } });
    if (response.status >= 300) throw statusFailure(url, "PLAY", response);
    this.#deadline.cancel();
    this.#keepalive = new RtspKeepalive({
      ...{ connection: this.#connection, url: this.#url, clock: context.clock },
      onForgotten: () => {
        this.#fail(new StreamError("connection-lost", `${formatRtspUrl(url)}: the server has forgotten the session`));
      },
    });
    onPlaying(transport.name);
    const { remoteAddress } = this.#connection.socket;
    const connected = (): void => {
      this.#patience?.cancel();
      sink.connected({
        sameClock: isOwnAddress(plainAddress(remoteAddress)),
        description: redact(`${formatRtspUrl(url)} (${track.codec ?? "video"} by ${transport.name})`),
      });
    };
    // From then on silence is an outage, which UDP that never worked is not.
    if (this.#awaitMedia(transport)) this.#arrived = connected;
    else connected();
  }

  /** Undefined where that has ended the session. */
  async #describe(): Promise<Presentation | undefined> {
    const { url } = this.#options;
    const response = await this.#request("DESCRIBE", this.#url, { headers: { Accept: "application/sdp" } });
    const to = redirection(url, response);
    if (to) return void this.end({ name: "redirected", url: to });
    if (response.status >= 300) throw statusFailure(url, "DESCRIBE", response);
    this.#description = response.body.toString("utf8");
    return readPresentation(this.#description, baseUrl(response) ?? this.#url);
  }

  /** The transport that was agreed on; undefined where trying has ended the session. */
  async #setUp(track: PlayableTrack, media: RtpMedia): Promise<RtspTransport | undefined> {
    const { url, transports, context } = this.#options;
    let failure: StreamError | undefined;
    for (const [index, name] of transports.entries()) {
      const [next, ...others] = transports.slice(index + 1);
      try {
        return await this.#agree({ connection: this.#connection, track, sink: media, context }, name);
      } catch (error) {
        failure = error as StreamError;
        await this.#transport?.close();
        const why = `${formatRtspUrl(url)}: ${name} was not agreed on: ${failure.message}`;
        if (next && failure.code !== "unauthorized") context.logger.debug({}, redact(why));
        // Some servers hang up instead of refusing.
        if (next && failure.code === "connection-lost") {
          return void this.end({ name: "silent", rest: [next, ...others], why });
        }
        if (failure.code !== "connect-failed") break;
      }
    }
    throw failure;
  }

  async #agree(options: RtspTransportOptions, name: RtspTransportName): Promise<RtspTransport> {
    const { url } = this.#options;
    this.#transport = await OPENERS[name](options);
    const { offer } = this.#transport;
    const headers = { Transport: formatTransport(offer) };
    const response = await this.#request("SETUP", options.track.url, { headers });
    if (response.status >= 300) throw statusFailure(url, "SETUP", response);
    const answer = parseTransports(response.headers.all("Transport").join(","))[0] ?? offer;
    const given = transportName(answer);
    if (given !== name) {
      // Some servers know only one way, and name it whatever they are asked for.
      await this.#transport.close();
      this.#transport = await OPENERS[given](options);
    }
    await this.#transport.agree(answer);
    return this.#transport;
  }

  /** Whether something else is tried where nothing comes. */
  #awaitMedia({ name }: RtspTransport): boolean {
    const { transports, context } = this.#options;
    const [next, ...others] = transports.slice(transports.indexOf(name) + 1);
    if (!next || name !== "udp" || this.#heard) return false;
    this.#patience = context.clock.after(UDP_PATIENCE_MS, () => {
      const why = `${this.#url}: nothing came by UDP within ${UDP_PATIENCE_MS / 1_000} s; a firewall may be in the way`;
      this.end({ name: "silent", rest: [next, ...others], why });
    });
    return true;
  }

  async #request(method: string, url: string, options: RtspRequestOptions): Promise<RtspResponse> {
    const over = new StreamError("closed", `${this.#url}: the session is over`);
    if (!this.#settle) throw over;
    const response = await this.#connection.request(method, url, options);
    if (!this.#settle) throw over;
    return response;
  }

  #asked({ method, headers, body }: RtspRequest): void {
    const location = headers.get("Location");
    if (method === "REDIRECT" && location !== undefined) return this.#move(location);
    const isNew = method === "ANNOUNCE" && body.length > 0 && body.toString("utf8") !== this.#description;
    if (!isNew && method !== "REDIRECT" && method !== "TEARDOWN") return;
    const why = isNew ? "the server describes the stream anew" : "the server ended the session";
    this.#fail(new StreamError("stream-ended", `${this.#url}: ${why}`));
  }

  #move(location: string): void {
    try {
      this.end({ name: "redirected", url: redirectedUrl(this.#options.url, location) });
    } catch (error) {
      this.#fail(error as StreamError);
    }
  }
}

/** What relative URLs of the description are appended to, where the answer tells. @see RFC 2326 section C.1.1 */
function baseUrl({ headers }: RtspResponse): string | undefined {
  return ["Content-Base", "Content-Location"]
    .map((name) => headers.get(name))
    .find((value) => value !== undefined && /^rtsps?:\/\/[^/]/i.test(value));
}

function readPresentation(description: string, base: string): Presentation {
  try {
    return readSessionDescription(description, base);
  } catch (error) {
    if (error instanceof StreamError) throw error;
    throw new StreamError("invalid-data", `${base}: its description (SDP) cannot be read`, { cause: error });
  }
}
