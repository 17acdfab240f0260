import type { JpegViewer } from "../jpeg/jpeg-feed.js";
import type { JpegPicture } from "../jpeg/jpeg-picture.js";
import type { MjpegTcpWire } from "./mjpeg-tcp-wire.js";
import type { TcpClientOptions } from "./tcp-client.js";
import { ViewerConnection } from "./viewer-connection.js";

/** One connection and how it is sent pictures. */
export interface MjpegTcpClientOptions extends TcpClientOptions {
  /** Shared between clients. */
  wire: MjpegTcpWire;
}

/** One connection that is sent the newest picture whenever it can take one; what it was too slow for is left out. */
export class MjpegTcpClient implements JpegViewer {
  readonly #options: MjpegTcpClientOptions;
  readonly #connection: ViewerConnection;
  /** The newest picture, while it cannot be sent. */
  #waiting: JpegPicture | undefined;
  #lastBytes = 0;

  constructor(options: MjpegTcpClientOptions) {
    this.#options = options;
    this.#connection = new ViewerConnection({ ...options, onLook: () => this.#send() });
    options.socket.on("drain", () => this.#send());
  }

  picture(picture: JpegPicture): void {
    this.#connection.pictureCame();
    if (this.#waiting) this.#options.counters.droppedUnits += 1;
    this.#waiting = picture;
    this.#send();
  }

  /** Closes the connection; what it has not taken by now is lost. */
  ended(): void {
    this.#options.socket.destroy();
  }

  #send(): void {
    const { socket, counters, wire } = this.#options;
    const picture = this.#waiting;
    // One picture may wait in front of the kernel while the next is written.
    if (!picture || !socket.writable || this.#connection.full || socket.writableLength > this.#lastBytes) return;
    this.#waiting = undefined;
    this.#lastBytes = this.#connection.write(wire.of(picture));
    counters.sentBytes += this.#lastBytes;
  }
}
