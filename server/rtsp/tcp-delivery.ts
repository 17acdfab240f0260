import { interleavedHead } from "../../lib/rtsp/message.js";
import type { Pair, Transport } from "../../lib/rtsp/transport-header.js";
import type { BoundedWriter } from "../outputs/bounded-writer.js";
import type { RtpDelivery } from "./rtp-delivery.js";
import type { RtpPicture } from "./rtp-picture.js";

/** How a {@link TcpDelivery} is made. */
export interface TcpDeliveryOptions {
  /** Of the RTSP connection; closed with the delivery. */
  writer: BoundedWriter;
  channels: Pair;
  ssrc: number;
  onClose(): void;
}

/** RTP through the RTSP connection itself. @see RFC 2326 section 10.12 */
export class TcpDelivery implements RtpDelivery {
  readonly transport: Transport;
  readonly #options: TcpDeliveryOptions;

  constructor(options: TcpDeliveryOptions) {
    const { channels: interleaved, ssrc } = options;
    this.#options = options;
    this.transport = { protocol: "tcp", multicast: false, interleaved, ssrc, mode: "play" };
  }

  get full(): boolean {
    return this.#options.writer.full;
  }

  send(pictures: readonly RtpPicture[]): void {
    const { writer, channels } = this.#options;
    if (writer.socket.writable) writer.write(pictures.map((picture) => picture.interleaved(channels[0])));
  }

  control(packet: Buffer): void {
    const { writer, channels } = this.#options;
    if (writer.socket.writable) writer.write([interleavedHead(channels[1], packet.length), packet]);
  }

  discard(): void {
    // The socket has it all.
  }

  close(): void {
    this.#options.writer.close();
    this.#options.onClose();
  }
}
