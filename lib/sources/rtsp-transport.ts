import type { StreamError } from "../errors.js";
import type { RtspConnection } from "../rtsp/client-connection.js";
import type { MediaTrack } from "../rtsp/session-description.js";
import type { Transport } from "../rtsp/transport-header.js";
import type { SourceContext } from "./source.js";

/** The ways in which RTP comes from an RTSP server. */
export type RtspTransportName = "udp" | "tcp" | "multicast";

/** Where a transport puts what comes. */
export interface RtspTransportSink {
  rtp(packet: Buffer): void;
  rtcp(packet: Buffer): void;
  /** It brings nothing any more. */
  failed(error: StreamError): void;
}

/** What a transport works with. */
export interface RtspTransportOptions {
  connection: RtspConnection;
  track: MediaTrack;
  sink: RtspTransportSink;
  context: SourceContext;
}

/** One way of carrying RTP and RTCP, from before its SETUP to the end of the session. */
export interface RtspTransport {
  readonly name: RtspTransportName;
  /** What SETUP asks for. */
  readonly offer: Transport;
  /**
   * SETUP was answered.
   * @throws StreamError `connect-failed` where the answer cannot be followed
   */
  agree(answer: Transport): Promise<void> | void;
  /** Sends a report; one that cannot be sent is lost. */
  sendRtcp(packet: Buffer): void;
  /** Resolves when its sockets are gone. Idempotent. */
  close(): Promise<void>;
}

/** An address without the prefix that IPv4 has on a socket of both families. */
export function plainAddress(address = ""): string {
  return address.replace(/^::ffff:/i, "");
}

/** Which of them a `Transport` header means. */
export function transportName({ protocol, multicast, interleaved }: Transport): RtspTransportName {
  // Some servers leave the "/TCP" out.
  if (protocol === "tcp" || interleaved) return "tcp";
  return multicast ? "multicast" : "udp";
}
