import type { Transport } from "../../lib/rtsp/transport-header.js";
import type { RtpPicture } from "./rtp-picture.js";

/** Figures that all clients of one output count together. */
export interface RtspCounters {
  sentBytes: number;
  droppedUnits: number;
  sendErrors: number;
}

/** One way for RTP to its receivers: through the RTSP connection, to a client's ports, or to a multicast group. */
export interface RtpDelivery {
  /** As a client is told. */
  readonly transport: Transport;
  /** Whether it is too far behind: then nothing is to be sent before the next keyframe. */
  readonly full: boolean;
  /** One picture, or several that belong together. */
  send(pictures: readonly RtpPicture[]): void;
  /** A packet of RTCP. */
  control(packet: Buffer): void;
  /** Forgets what is not on its way yet. */
  discard(): void;
  /** Idempotent; discards, too. */
  close(): void;
}
