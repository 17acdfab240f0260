import { once } from "node:events";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import {
  LIVE_HEADER_BYTES,
  type LiveConfig,
  type LiveHeader,
  readLiveHeader,
} from "../../../../server/web/live-protocol.js";

/** A picture as a viewer got it. */
export interface LivePicture extends LiveHeader {
  data: Buffer;
}

/** A viewer that keeps what it is told. */
export class LiveViewer implements Disposable {
  readonly webSocket: WebSocket;
  readonly messages: (LiveConfig | LivePicture)[] = [];
  #awaited: { pictures: number; resolve: () => void } | undefined;

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on("error", () => {});
    webSocket.on("message", (message: Buffer, isBinary: boolean) => {
      this.messages.push(isBinary ? pictureOf(message) : JSON.parse(`${message}`));
      if (this.#awaited && this.pictures.length >= this.#awaited.pictures) this.#awaited.resolve();
    });
  }

  /** Resolves once it is connected. */
  static async connect(webSocket: WebSocket): Promise<LiveViewer> {
    const viewer = new LiveViewer(webSocket);
    await once(webSocket, "open");
    return viewer;
  }

  /** What lies underneath. */
  get socket(): Socket {
    return (this.webSocket as unknown as { _socket: Socket })._socket;
  }

  get configs(): LiveConfig[] {
    return this.messages.filter((message) => "type" in message);
  }

  get pictures(): LivePicture[] {
    return this.messages.filter((message) => "data" in message);
  }

  /** Resolves once it has so many pictures in all. */
  async arrived(pictures: number): Promise<void> {
    if (this.pictures.length < pictures) await new Promise<void>((resolve) => (this.#awaited = { pictures, resolve }));
  }

  /** Why it was sent off. */
  async closed(): Promise<{ code: number; reason: string }> {
    const [code, reason] = await once(this.webSocket, "close");
    return { code, reason: `${reason}` };
  }

  [Symbol.dispose](): void {
    this.webSocket.terminate();
  }
}

function pictureOf(message: Buffer): LivePicture {
  const bytes = new Uint8Array(message);
  const header = readLiveHeader(bytes.buffer as ArrayBuffer);
  if (!header) throw new Error(`no live header: ${message.toString("hex", 0, LIVE_HEADER_BYTES)}`);
  return { ...header, data: Buffer.from(bytes.subarray(LIVE_HEADER_BYTES)) };
}
