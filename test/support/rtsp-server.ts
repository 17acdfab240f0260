import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createSecureServer } from "node:tls";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { RtpPacketiser } from "../../lib/rtp/packetiser.js";
import type { RtpCodecName } from "../../lib/rtp/rtp-codec.js";
import { writeSdp } from "../../lib/rtp/sdp.js";
import type { RtspRequest } from "../../lib/rtsp/message.js";
import { type RtspAnswer, RtspServerClient } from "./rtsp-server-client.js";
import { CERTIFICATE } from "./self-signed.js";

const HOST = "127.0.0.1";

/** What a test's RTSP server serves, and how. */
export interface RtspServerOptions {
  /** Default h264. */
  codec?: RtpCodecName;
  /** What its description says of the stream; nothing by default. */
  parameterSets?: readonly Buffer[];
  /** The description, instead. */
  sdp?: string;
  /** Refuses every user name and password. */
  refusesEveryone?: boolean;
  /** What is answered instead of the usual; undefined for the usual. */
  answer?: (request: RtspRequest, client: RtspServerClient) => RtspAnswer | undefined;
  /** Speaks TLS, with a certificate of its own making. */
  secure?: boolean;
}

/**
 * A server of one stream under the test's command: it says what a test tells it to, else what is usual, and notes what
 * it is asked. What is sent, and when, is the test's business.
 */
export class ScriptedRtspServer implements AsyncDisposable {
  /** Whatever was asked, by whichever client. */
  readonly requests: RtspRequest[] = [];
  /** Connections that are open, and the newest of all. */
  readonly clients = new Set<RtspServerClient>();
  newest: RtspServerClient | undefined;
  /** Called whenever a client has asked to play, once the answer is on its way. */
  onPlay: (client: RtspServerClient) => void = () => {};
  readonly #server: Server;
  readonly #options: RtspServerOptions;
  readonly #packetiser: RtpPacketiser;

  constructor(options: RtspServerOptions) {
    this.#options = options;
    const { codec = "h264", secure } = options;
    this.#packetiser = new RtpPacketiser({ codec, maxPacketBytes: 600, ssrc: 0xabcd });
    const accept = (socket: Socket): void => this.#accept(socket);
    this.#server = secure ? createSecureServer(CERTIFICATE, accept) : createServer({ noDelay: true }, accept);
  }

  async listen(): Promise<void> {
    this.#server.listen(0, HOST);
    await once(this.#server, "listening");
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** With a user name and a password. */
  get url(): string {
    return `${this.#options.secure ? "rtsps" : "rtsp"}://me:hunter2@${HOST}:${this.port}/stream`;
  }

  /** The methods asked for, in order. */
  get methods(): string[] {
    return this.requests.map(({ method }) => method);
  }

  /** The packets of a picture, numbered on. */
  packets(unit: AccessUnit, mediaTimeMs: number): Buffer[] {
    // Not from 0, which ffmpeg takes for no timestamp.
    return this.#packetiser.packets(unit, Math.round((1_000 + mediaTimeMs) * 90));
  }

  /** Sends a picture to the newest client, in pieces as RTP makes them. */
  send(unit: AccessUnit, mediaTimeMs: number): void {
    for (const packet of this.packets(unit, mediaTimeMs)) this.newest?.sendRtp(packet);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.clients) client.socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    const client = new RtspServerClient(socket, (request) => this.#asked(request, client));
    this.clients.add(client);
    this.newest = client;
    socket.on("close", () => this.clients.delete(client));
  }

  async #asked(request: RtspRequest, client: RtspServerClient): Promise<void> {
    this.requests.push(request);
    const special = this.#options.answer?.(request, client);
    await client.answer(request, special ?? this.#usual(request));
    if (request.method === "PLAY" && special === undefined) this.onPlay(client);
  }

  #usual({ method }: RtspRequest): RtspAnswer {
    const { refusesEveryone, codec = "h264", parameterSets } = this.#options;
    if (refusesEveryone && method !== "OPTIONS") {
      return { status: 401, headers: { "WWW-Authenticate": 'Digest realm="test", nonce="1"' } };
    }
    if (method === "OPTIONS") return { headers: { Public: "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN" } };
    if (method !== "DESCRIBE") return { headers: { Session: "1;timeout=60" } };
    const described = { codec, address: HOST, port: 0, control: "track", ...(parameterSets && { parameterSets }) };
    return { headers: { "Content-Type": "application/sdp" }, body: this.#options.sdp ?? writeSdp(described) };
  }
}

export async function startRtspServer(options: RtspServerOptions = {}): Promise<ScriptedRtspServer> {
  const server = new ScriptedRtspServer(options);
  await server.listen();
  return server;
}
