import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import type { Socket } from "node:net";
import {
  formatRequest,
  formatResponse,
  interleavedHead,
  RtspHeaders,
  type RtspRequest,
  type RtspResponse,
} from "../../lib/rtsp/message.js";
import { RtspMessageParser } from "../../lib/rtsp/message-parser.js";
import { formatTransport, type Pair, parseTransports, type Transport } from "../../lib/rtsp/transport-header.js";

/** An answer: headers beside `CSeq`, which one of that name replaces; bytes as they are; or none, with or without an end. */
export type RtspAnswer =
  | { status?: number; headers?: Readonly<Record<string, string | undefined>>; body?: string }
  | Buffer
  | "nothing"
  | "hang-up";

/** One client of a test's RTSP server, as the server sees it. */
export class RtspServerClient {
  readonly socket: Socket;
  /** What the client sent of its own accord. */
  readonly rtp: Buffer[] = [];
  readonly rtcp: Buffer[] = [];
  readonly responses: RtspResponse[] = [];
  /** Called with each report. */
  onRtcp: (packet: Buffer) => void = () => {};
  /** How RTP goes to it; undefined before SETUP. */
  transport: Transport | undefined;
  /** Where UDP packets come from; the two ports that were told, unless a test takes others. */
  sockets: DatagramSocket[] = [];

  constructor(socket: Socket, onRequest: (request: RtspRequest) => void) {
    this.socket = socket;
    const parser = new RtspMessageParser();
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      parser.push(bytes, (item) => {
        if (item.kind === "request") onRequest(item);
        else if (item.kind === "response") this.responses.push(item);
        else this.#received(item.channel === this.transport?.interleaved?.[1] ? this.rtcp : this.rtp, item.data);
      });
    });
    socket.on("close", () => {
      for (const datagrams of this.sockets) datagrams.close();
    });
  }

  async answer(request: RtspRequest, answer: RtspAnswer): Promise<void> {
    if (answer === "nothing") return;
    if (answer === "hang-up") return void this.socket.destroy();
    if (Buffer.isBuffer(answer)) return void this.socket.write(answer);
    const { status = 200, body = "" } = answer;
    const told: Record<string, string | undefined> = { CSeq: request.headers.get("CSeq"), ...answer.headers };
    const offered = request.method === "SETUP" && request.headers.get("Transport") !== undefined;
    if (offered && status === 200) told.Transport ??= await this.#setUp(request);
    this.socket.write(formatResponse({ status, headers: new RtspHeaders(told), body: Buffer.from(body) }));
  }

  /** Asks something of the client. */
  ask(method: string, headers: Record<string, string> = {}, body = ""): void {
    const all = new RtspHeaders({ CSeq: 900, ...headers });
    this.socket.write(formatRequest({ method, url: "rtsp://127.0.0.1/stream", headers: all, body: Buffer.from(body) }));
  }

  sendRtp(packet: Buffer): void {
    this.#send(0, packet);
  }

  sendRtcp(packet: Buffer): void {
    this.#send(1, packet);
  }

  #send(index: 0 | 1, packet: Buffer): void {
    const { interleaved, clientPort, port, destination = "127.0.0.1" } = this.transport ?? {};
    if (interleaved) this.socket.write(Buffer.concat([interleavedHead(interleaved[index], packet.length), packet]));
    const to = (clientPort ?? port)?.[index];
    if (to !== undefined) this.sockets[index]?.send(packet, to, destination);
  }

  /** Takes the first way that is offered. */
  async #setUp({ headers }: RtspRequest): Promise<string> {
    const [offered] = parseTransports(headers.get("Transport") ?? "");
    if (!offered) throw new Error("a SETUP without a transport");
    this.transport = offered;
    if (offered.protocol === "tcp") return formatTransport(offered);
    const serverPort = await this.openSockets();
    if (offered.multicast) {
      this.transport = {
        ...offered,
        destination: "239.255.77.77",
        port: [serverPort[0] + 2, serverPort[0] + 3],
        ttl: 1,
      };
      for (const socket of this.sockets) socket.setMulticastInterface("127.0.0.1");
      return formatTransport(this.transport);
    }
    return formatTransport({ ...offered, serverPort });
  }

  /** Two that RTP and RTCP go out from; gives their ports. */
  async openSockets(): Promise<Pair> {
    for (const kept of [this.rtp, this.rtcp]) {
      const socket = createSocket("udp4");
      socket.on("message", (packet) => this.#received(kept, packet));
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
      this.sockets.push(socket);
    }
    return this.sockets.slice(-2).map((socket) => socket.address().port) as unknown as Pair;
  }

  #received(kept: Buffer[], packet: Buffer): void {
    kept.push(packet);
    if (kept === this.rtcp) this.onRtcp(packet);
  }
}
