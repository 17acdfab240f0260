import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** Where a {@link DatagramReader} listens. */
export interface DatagramReaderOptions {
  family?: 4 | 6;
  /** Default: a free one. */
  port?: number;
  /** A multicast group, and the interface to join it on. */
  group?: { address: string; via: string };
}

/** A UDP socket on a free port that keeps what it is sent. */
export class DatagramReader implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #datagrams: Buffer[] = [];
  #awaited: { count: number; resolve: () => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (datagram) => {
      this.#datagrams.push(datagram);
      if (this.#awaited && this.#datagrams.length >= this.#awaited.count) this.#awaited.resolve();
    });
  }

  static async open({ family = 4, port = 0, group }: DatagramReaderOptions = {}): Promise<DatagramReader> {
    const reuseAddr = group !== undefined;
    const socket = createSocket({ type: family === 6 ? "udp6" : "udp4", recvBufferSize: 1024 * 1024, reuseAddr });
    socket.bind(port, group ? undefined : family === 6 ? "::1" : "127.0.0.1");
    await once(socket, "listening");
    if (group) {
      socket.addMembership(group.address, group.via);
      socket.setMulticastInterface(group.via);
    }
    return new DatagramReader(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Everything so far, as soon as it is at least so many. */
  async datagrams(count: number): Promise<Buffer[]> {
    if (this.#datagrams.length < count) await new Promise<void>((resolve) => (this.#awaited = { count, resolve }));
    return this.#datagrams;
  }

  /** Sends a datagram from this socket. */
  send(datagram: Buffer, port: number, address = "127.0.0.1"): void {
    this.#socket.send(datagram, port, address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}
