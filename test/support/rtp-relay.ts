import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { freeUdpPort } from "./peer-ports.js";

const HOST = "127.0.0.1";

/** Hands a packet on by `send`: at once, later, or not at all. */
export type PassPacket = (packet: Buffer, send: (packet: Buffer) => void) => void;

/** Sockets on an even port and on the next one: for RTP and for RTCP. */
interface Side {
  port: number;
  sockets: readonly [rtp: Socket, rtcp: Socket];
}

/** Takes the server's place for the client of a session, and the client's for the server; of the first of two ports each. */
export class RtpRelay {
  readonly clientPort: number;
  /** Where the server sends to. */
  readonly portForServer: number;
  /** Where the client's datagrams come from, and go to. */
  readonly portForClient: number;
  /** Its own, which only its answer tells. */
  serverPort: number | undefined;
  readonly #sockets: readonly Socket[];
  #closed = false;

  private constructor(clientPort: number, server: Side, client: Side) {
    this.clientPort = clientPort;
    this.portForServer = server.port;
    this.portForClient = client.port;
    this.#sockets = [...server.sockets, ...client.sockets];
  }

  /** @param passMedia what becomes of the server's RTP; its reports, and everything from the client, just pass */
  static async open(clientPort: number, passMedia: PassPacket): Promise<RtpRelay> {
    const [server, client] = [await openSide(), await openSide()];
    const relay = new RtpRelay(clientPort, server, client);
    for (const [index, socket] of client.sockets.entries()) {
      const other = server.sockets[index] as Socket;
      const send = (packet: Buffer): void => relay.#send(socket, packet, clientPort + index);
      other.on("message", (packet) => (index === 0 ? passMedia(packet, send) : send(packet)));
      socket.on("message", (packet) => {
        if (relay.serverPort !== undefined) relay.#send(other, packet, relay.serverPort + index);
      });
    }
    return relay;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const socket of this.#sockets) socket.close();
  }

  /** A packet may have waited until nobody is there any more. */
  #send(socket: Socket, packet: Buffer, port: number): void {
    if (!this.#closed) socket.send(packet, port, HOST);
  }
}

async function openSide(): Promise<Side> {
  const port = await freeUdpPort();
  const sockets = [createSocket("udp4"), createSocket("udp4")] as const;
  for (const [index, socket] of sockets.entries()) {
    socket.on("error", () => {});
    socket.bind(port + index, HOST);
    await once(socket, "listening");
  }
  return { port, sockets };
}
