import type { Socket } from "node:dgram";
import type { Pair } from "../../lib/rtsp/transport-header.js";
import { openUdpPair } from "../../lib/udp-pair.js";
import { closeUdpSockets } from "../../lib/udp-socket.js";

/** A socket for RTP and one for RTCP. */
export interface UdpPorts {
  rtp: Socket;
  rtcp: Socket;
  /** Their ports; those of the group for multicast. */
  numbers: Pair;
  close(): Promise<void>;
}

/** What whoever opens {@link UdpPorts} is told. */
export interface UdpPortsEvents {
  /** A datagram came to the socket for RTCP. */
  onReport(datagram: Buffer, address: string, port: number): void;
  /** One could not be sent. */
  onError(error: NodeJS.ErrnoException): void;
}

/**
 * Opens both on one of our addresses, on an even port and the next: what goes out comes from the address that the
 * client asked.
 * @throws StreamError `connect-failed`
 */
export async function openUdpPorts(address: string, events: UdpPortsEvents): Promise<UdpPorts> {
  const [rtp, rtcp] = await openUdpPair(address);
  return joinPorts({ rtp, rtcp, numbers: [rtp.address().port, rtcp.address().port] }, events);
}

/** Makes one thing of two bound sockets. */
export function joinPorts(sockets: Omit<UdpPorts, "close">, { onReport, onError }: UdpPortsEvents): UdpPorts {
  const { rtp, rtcp } = sockets;
  // Clients punch holes into firewalls, so that datagrams come to both; only reports mean something.
  rtcp.on("message", (datagram, { address, port }) => onReport(datagram, address, port));
  for (const socket of [rtp, rtcp]) socket.on("error", onError);
  return { ...sockets, close: () => closeUdpSockets([rtp, rtcp]) };
}
