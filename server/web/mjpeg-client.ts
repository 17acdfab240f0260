import type { Socket } from "node:net";
import type { Clock } from "../../lib/clock.js";
import type { JpegViewer } from "../jpeg/jpeg-feed.js";
import type { JpegPicture } from "../jpeg/jpeg-picture.js";
import { BoundedWriter } from "../outputs/bounded-writer.js";
import type { MjpegParts } from "./mjpeg-parts.js";
import type { WebCamera } from "./web-camera.js";

/** One connection and how it is sent pictures. */
export interface MjpegClientOptions {
  /** Its headers are written. */
  socket: Socket;
  camera: WebCamera;
  parts: MjpegParts;
  clock: Clock;
  /** How old the oldest byte on the way may be, in milliseconds. */
  maxBacklogMs: number;
  /** Pictures a second at most; absent: all. */
  fps?: number;
  /** It took nothing for 10 s and is reset now. */
  onSilent(): void;
}

/** One connection that is sent the newest picture whenever it can take one; what it was too slow for is left out. */
export class MjpegClient implements JpegViewer {
  readonly #options: MjpegClientOptions;
  readonly #writer: BoundedWriter;
  /** The newest picture, while it cannot be sent. */
  #waiting: JpegPicture | undefined;
  /** Which of the slots of 1/fps seconds has had its picture. */
  #slot = Number.NEGATIVE_INFINITY;
  #lastBytes = 0;

  constructor(options: MjpegClientOptions) {
    this.#options = options;
    this.#writer = new BoundedWriter({ ...options, onLook: () => this.#send() });
    options.socket.on("drain", () => this.#send());
    this.#write([options.parts.begin]);
  }

  picture(picture: JpegPicture): void {
    if (!this.#isWanted(picture)) return;
    if (this.#waiting) this.#options.camera.droppedUnits += 1;
    this.#waiting = picture;
    this.#send();
  }

  /** Closes the connection; what it has not taken by now is lost. */
  ended(): void {
    this.#options.socket.destroy();
  }

  /** One in each slot, whatever the jitter of their arrival. */
  #isWanted({ receivedAtMs }: JpegPicture): boolean {
    const { fps } = this.#options;
    if (fps === undefined) return true;
    const slot = Math.floor((receivedAtMs * fps) / 1_000);
    if (slot <= this.#slot) return false;
    this.#slot = slot;
    return true;
  }

  #send(): void {
    const { socket, parts } = this.#options;
    const picture = this.#waiting;
    // One picture may wait in front of the kernel while the next is written; with TLS it does so for a moment always.
    if (!picture || !socket.writable || this.#writer.full || socket.writableLength > this.#lastBytes) return;
    this.#waiting = undefined;
    this.#lastBytes = this.#write([parts.before(picture), picture.data, parts.after]);
  }

  #write(buffers: readonly Buffer[]): number {
    const bytes = this.#writer.write(buffers);
    this.#options.camera.sentBytes += bytes;
    return bytes;
  }
}
