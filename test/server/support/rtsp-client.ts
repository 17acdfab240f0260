import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ClientAuthorization } from "../../../lib/auth/client-authorization.js";
import type { Credentials } from "../../../lib/auth/credentials.js";
import { formatRequest, RtspHeaders, type RtspResponse } from "../../../lib/rtsp/message.js";
import { RtspMessageParser } from "../../../lib/rtsp/message-parser.js";
import { parseTransports, type Transport } from "../../../lib/rtsp/transport-header.js";

/** Where an {@link RtspClient} connects, and as whom. */
export interface RtspClientOptions {
  host?: string;
  path?: string;
  credentials?: Credentials;
  /** Empty: it says none. */
  userAgent?: string;
}

/** What a PLAY was answered. */
export interface PlayInfo {
  url: string;
  sequence: number;
  timestamp: number;
}

/** An RTSP client that does what a test says, and keeps what it is sent. */
export class RtspClient implements Disposable {
  readonly socket: Socket;
  /** The path's, with the server's address. */
  readonly url: string;
  /** Of the last SETUP. */
  session: string | undefined;
  readonly #options: RtspClientOptions;
  readonly #authorization: ClientAuthorization;
  readonly #parser = new RtspMessageParser();
  readonly #responses: RtspResponse[] = [];
  readonly #frames = new Map<number, Buffer[]>();
  /** In the order in which they came. */
  readonly log: ("response" | number)[] = [];
  #wake = () => {};
  #sequence = 0;

  private constructor(socket: Socket, url: string, options: RtspClientOptions) {
    this.socket = socket;
    this.url = url;
    this.#options = options;
    this.#authorization = new ClientAuthorization(options.credentials);
    socket.on("error", () => {});
    socket.on("close", () => this.#wake());
    socket.on("data", (bytes) => this.#parser.push(bytes, (item) => this.#take(item)));
  }

  static async connect(port: number, options: RtspClientOptions = {}): Promise<RtspClient> {
    const { host = "127.0.0.1", path = "/stream" } = options;
    const socket = connect({ port, host });
    await once(socket, "connect");
    return new RtspClient(socket, `rtsp://${host.includes(":") ? `[${host}]` : host}:${port}${path}`, options);
  }

  /** Resolves with the answer; asks once more where a password is wanted and there is one. */
  async request(method: string, url = this.url, headers: Record<string, string> = {}): Promise<RtspResponse> {
    const response = await this.#request(method, url, headers);
    if (response.status !== 401 || !this.#authorization.challenged(response.headers.all("WWW-Authenticate")))
      return response;
    return this.#request(method, url, headers);
  }

  /** Asks for the description. */
  async describe(): Promise<string> {
    return (await this.request("DESCRIBE")).body.toString("utf8");
  }

  /** Sets the track up; resolves with the transport that was agreed on. */
  async setup(transport: string, track = "/stream=0"): Promise<Transport> {
    const response = await this.request("SETUP", `${this.url}${track}`, { Transport: transport });
    if (response.status !== 200) throw new Error(`SETUP: ${response.status}`);
    this.session = response.headers.get("Session")?.split(";")[0];
    return parseTransports(response.headers.get("Transport") ?? "")[0] as Transport;
  }

  /** Resolves with what RTP-Info says. */
  async play(): Promise<PlayInfo> {
    const response = await this.request("PLAY");
    const info = response.headers.get("RTP-Info") ?? "";
    const [, url = "", sequence, timestamp] = /^url=(.*);seq=(\d+);rtptime=(\d+)$/.exec(info) ?? [];
    return { url, sequence: Number(sequence), timestamp: Number(timestamp) };
  }

  /** DESCRIBE, SETUP of two channels, PLAY. */
  async playOverTcp(): Promise<PlayInfo> {
    await this.describe();
    await this.setup("RTP/AVP/TCP;unicast;interleaved=0-1");
    return this.play();
  }

  /** Everything that has come on a channel, as soon as it is at least so many frames. */
  async frames(count: number, channel = 0): Promise<Buffer[]> {
    await this.#until(() => this.#on(channel).length >= count);
    return [...this.#on(channel)];
  }

  /** Sends a frame. */
  send(channel: number, data: Buffer): void {
    this.socket.write(Buffer.concat([Buffer.from([0x24, channel, data.length >> 8, data.length & 0xff]), data]));
  }

  /** Resolves when the connection is gone, however. */
  async closed(): Promise<void> {
    await this.#until(() => false);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  async #request(method: string, url: string, given: Record<string, string>): Promise<RtspResponse> {
    const { userAgent = "test" } = this.#options;
    const headers = new RtspHeaders({
      CSeq: ++this.#sequence,
      "User-Agent": userAgent || undefined,
      Session: this.session,
      Authorization: this.#authorization.header(method, url),
      ...given,
    });
    this.socket.write(formatRequest({ method, url, headers, body: Buffer.alloc(0) }));
    await this.#until(() => this.#responses.length > 0);
    const response = this.#responses.shift();
    if (!response) throw new Error(`${method}: the connection was closed`);
    return response;
  }

  #take(item: Parameters<Parameters<RtspMessageParser["push"]>[1]>[0]): void {
    if (item.kind === "response") this.#responses.push(item);
    if (item.kind === "interleaved") this.#on(item.channel).push(Buffer.from(item.data));
    this.log.push(item.kind === "interleaved" ? item.channel : "response");
    this.#wake();
  }

  #on(channel: number): Buffer[] {
    const frames = this.#frames.get(channel) ?? [];
    this.#frames.set(channel, frames);
    return frames;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.socket.closed) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
