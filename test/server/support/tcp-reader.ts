import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A TCP client that keeps what it is sent. */
export class TcpReader implements Disposable {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #awaited: { length: number; resolve: () => void } | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      if (this.#awaited && this.#length >= this.#awaited.length) this.#awaited.resolve();
    });
  }

  static async connect(port: number, host = "127.0.0.1"): Promise<TcpReader> {
    const reader = new TcpReader(connect({ port, host }));
    await once(reader.socket, "connect");
    return reader;
  }

  /** Takes a connection that came in. */
  static of(socket: Socket): TcpReader {
    return new TcpReader(socket);
  }

  get length(): number {
    return this.#length;
  }

  /** Resolves once so many bytes have come in all. */
  async arrived(length: number): Promise<void> {
    if (this.#length < length) await new Promise<void>((resolve) => (this.#awaited = { length, resolve }));
  }

  /** Everything so far, as soon as it is at least so long. */
  async bytes(length: number): Promise<Buffer> {
    await this.arrived(length);
    return Buffer.concat(this.#chunks);
  }

  /** Resolves when the connection is gone, however. */
  async closed(): Promise<void> {
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once("close", resolve));
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
