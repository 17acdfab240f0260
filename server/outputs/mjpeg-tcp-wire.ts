import { formatLength, type LengthBytes } from "../../lib/mjpeg-tcp/length-field.js";
import { pickleArray } from "../../lib/pickle/write-pickled-array.js";
import type { JpegPicture } from "../jpeg/jpeg-picture.js";

/** How pictures are written for clients of MJPEG over TCP. */
export interface MjpegTcpFormat {
  /** Of the length before each picture. */
  lengthBytes: LengthBytes;
  /** A Python pickle of a numpy array that holds the JPEG, or the JPEG itself. */
  payload: "pickle" | "jpeg";
}

/** Writes pictures as clients of MJPEG over TCP read them, each once for all clients. */
export class MjpegTcpWire {
  readonly #format: MjpegTcpFormat;
  #picture: JpegPicture | undefined;
  #buffers: readonly Buffer[] = [];

  constructor(format: MjpegTcpFormat) {
    this.#format = format;
  }

  /** The picture's bytes: its length and its payload. */
  of(picture: JpegPicture): readonly Buffer[] {
    if (picture !== this.#picture) {
      const { lengthBytes, payload: kind } = this.#format;
      const payload = kind === "pickle" ? pickleArray(picture.data) : picture.data;
      this.#picture = picture;
      this.#buffers = [formatLength(payload.length, lengthBytes), payload];
    }
    return this.#buffers;
  }
}
