import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { chunkCountOf, isChunk, parseChunk, parseFrameStart } from "../../../lib/chunked-udp/server-message.js";

interface ReceivedFrame {
  frameId: number;
  frame: Buffer;
}

/** A client of chunked UDP that keeps what it is sent, and answers nothing by itself. */
export class RegisteringClient implements AsyncDisposable {
  readonly received: { datagram: Buffer; from: RemoteInfo }[] = [];
  readonly #socket: Socket;
  readonly #server: { address: string; port: number };
  readonly #begun = new Map<number, { size: number; chunks: Buffer[] }>();
  readonly #frames: ReceivedFrame[] = [];
  #failure: Error | undefined;
  #changed: () => void = () => {};

  private constructor(socket: Socket, server: { address: string; port: number }) {
    this.#socket = socket;
    this.#server = server;
    socket.on("message", (datagram, from) => {
      this.received.push({ datagram, from });
      this.#assemble(datagram);
      this.#changed();
    });
  }

  /** @param address a local one, to which also the server is taken to listen */
  static async open(port: number, address = "127.0.0.1", serverAddress = address): Promise<RegisteringClient> {
    const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", recvBufferSize: 1024 * 1024 });
    socket.bind(0, address);
    await once(socket, "listening");
    return new RegisteringClient(socket, { address: serverAddress, port });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Messages in ASCII, in order. */
  get texts(): string[] {
    return this.received.map(({ datagram }) => datagram.toString("latin1")).filter((text) => /^(REG|CHA)/.test(text));
  }

  say(message: string | Buffer): void {
    this.#socket.send(message, this.#server.port, this.#server.address);
  }

  /** Registers, and waits for the answer and the challenge, which it gives. */
  async register(message = "REGISTER_CLIENT"): Promise<string> {
    const before = this.texts.length;
    this.say(message);
    await this.until(() => this.texts.length >= before + 2);
    const [registered, challenge = ""] = this.texts.slice(before);
    if (registered !== "REGISTERED") throw new Error(`answered by ${registered}`);
    return challenge;
  }

  /** Frames that are whole, in order; throws where a chunk came twice or is missing. */
  frames(): ReceivedFrame[] {
    if (this.#failure) throw this.#failure;
    return this.#frames;
  }

  /** Waits for so many whole frames. */
  async framed(count: number): Promise<ReceivedFrame[]> {
    await this.until(() => this.frames().length >= count);
    return this.frames();
  }

  /** Waits until something that it was sent makes it true. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#changed = resolve));
  }

  #assemble(datagram: Buffer): void {
    const start = parseFrameStart(datagram);
    if (start) this.#begun.set(start.frameId, { size: start.size, chunks: [] });
    if (!isChunk(datagram)) return;
    const chunk = parseChunk(datagram, 4);
    const begun = chunk && this.#begun.get(chunk.frameId);
    // On one machine nothing overtakes anything.
    if (!chunk || begun?.chunks.length !== chunk.index) {
      this.#failure ??= new Error(`chunk ${chunk?.index} of frame ${chunk?.frameId} is not the one that is due`);
      return;
    }
    begun.chunks.push(chunk.payload);
    if (begun.chunks.length === chunkCountOf(begun.size)) {
      this.#frames.push({ frameId: chunk.frameId, frame: Buffer.concat(begun.chunks) });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}
