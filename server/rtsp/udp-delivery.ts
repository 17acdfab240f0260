import type { Clock } from "../../lib/clock.js";
import type { Transport } from "../../lib/rtsp/transport-header.js";
import { type DatagramSocket, PacedSender } from "../outputs/paced-sender.js";
import type { RtpDelivery } from "./rtp-delivery.js";
import type { RtpPicture } from "./rtp-picture.js";

/** How a {@link UdpDelivery} is made. */
export interface UdpDeliveryOptions {
  transport: Transport;
  /** Each sends to where its packets go. */
  rtp: DatagramSocket;
  rtcp: Pick<DatagramSocket, "send">;
  clock: Clock;
  onClose?(): void;
}

/** RTP in datagrams, to one client or a multicast group. */
export class UdpDelivery implements RtpDelivery {
  readonly transport: Transport;
  readonly #options: UdpDeliveryOptions;
  readonly #sender: PacedSender;

  constructor(options: UdpDeliveryOptions) {
    this.#options = options;
    this.transport = options.transport;
    this.#sender = new PacedSender(options.rtp, options.clock);
  }

  get full(): boolean {
    return this.#sender.late;
  }

  send(pictures: readonly RtpPicture[]): void {
    const datagrams = pictures.flatMap(({ packets }) => packets);
    if (pictures.length > 1) this.#sender.sendGently(datagrams);
    else this.#sender.send(datagrams);
  }

  control(packet: Buffer): void {
    this.#options.rtcp.send(packet);
  }

  discard(): void {
    this.#sender.stop();
  }

  close(): void {
    this.discard();
    this.#options.onClose?.();
  }
}
