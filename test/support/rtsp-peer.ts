import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { formatRequest, type InterleavedFrame, RtspHeaders, type RtspResponse } from "../../lib/rtsp/message.js";
import { RtspMessageParser } from "../../lib/rtsp/message-parser.js";

/** Anything but what a request usually has. */
export interface PeerRequest {
  headers?: Record<string, string>;
  body?: string;
}

/** The other end of an RTSP connection, which says just what the test says. */
export class RtspPeer implements Disposable {
  readonly socket: Socket;
  readonly frames: InterleavedFrame[] = [];
  readonly #responses: RtspResponse[] = [];
  readonly #waiting: ((response: RtspResponse) => void)[] = [];
  #sequence = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    const parser = new RtspMessageParser();
    socket.on("error", () => {});
    socket.on("data", (bytes) =>
      parser.push(bytes, (item) => {
        if (item.kind === "interleaved") this.frames.push(item);
        if (item.kind !== "response") return;
        const waiting = this.#waiting.shift();
        if (waiting) waiting(item);
        else this.#responses.push(item);
      }),
    );
  }

  static async connect(port: number, host = "127.0.0.1"): Promise<RtspPeer> {
    const socket = connect({ port, host });
    await once(socket, "connect");
    return new RtspPeer(socket);
  }

  /** Sends a request and resolves with its answer. */
  request(method: string, url: string, { headers = {}, body = "" }: PeerRequest = {}): Promise<RtspResponse> {
    this.#sequence++;
    const all = new RtspHeaders({ CSeq: this.#sequence, ...headers });
    this.socket.write(formatRequest({ method, url, headers: all, body: Buffer.from(body) }));
    return this.response();
  }

  /** Sends these bytes as they are. */
  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** The next answer. */
  response(): Promise<RtspResponse> {
    const known = this.#responses.shift();
    return known ? Promise.resolve(known) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when the connection is gone, however. */
  async closed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, "close");
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
