import type { Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Pair } from "../../lib/rtsp/transport-header.js";
import { bindDatagrams, closeDatagrams } from "./bind-datagrams.js";

/** Every second port is odd, and the one above may be taken. */
const MAX_TRIES = 64;

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
 * @see RFC 3550 section 11
 */
export async function openUdpPorts(address: string, events: UdpPortsEvents): Promise<UdpPorts> {
  const family = isIPv6(address) ? 6 : 4;
  for (let tries = 1; ; tries++) {
    const rtp = await bindDatagrams({ family, address, port: 0 });
    const { port } = rtp.address();
    const rtcp =
      port % 2 === 0 ? await bindDatagrams({ family, address, port: port + 1 }).catch(() => undefined) : undefined;
    if (rtcp) return joinPorts({ rtp, rtcp, numbers: [port, port + 1] }, events);
    await closeDatagrams(rtp);
    if (tries === MAX_TRIES) throw new Error(`no two free UDP ports in a row on ${address}`);
  }
}

/** Makes one thing of two bound sockets. */
export function joinPorts(sockets: Omit<UdpPorts, "close">, { onReport, onError }: UdpPortsEvents): UdpPorts {
  const { rtp, rtcp } = sockets;
  // Clients punch holes into firewalls, so that datagrams come to both; only reports mean something.
  rtcp.on("message", (datagram, { address, port }) => onReport(datagram, address, port));
  for (const socket of [rtp, rtcp]) socket.on("error", onError);
  return { ...sockets, close: async () => void (await Promise.all([closeDatagrams(rtp), closeDatagrams(rtcp)])) };
}
