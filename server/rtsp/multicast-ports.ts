import { randomInt } from "node:crypto";
import { isIPv6 } from "node:net";
import { multicastInterfaces } from "../../lib/network-interfaces.js";
import { openUdpSocket } from "../../lib/udp-socket.js";
import { joinPorts, type UdpPorts, type UdpPortsEvents } from "./udp-ports.js";

/** A multicast group and how it is reached. */
export interface MulticastPlace {
  address: string;
  /** Even: of RTP; RTCP has the next. */
  port: number;
  /** Routers that a datagram may cross. */
  ttl: number;
  /** Name or address of the interface that sends; the system's choice where absent. */
  interface?: string;
}

/** A group of the range that every organisation may use as it likes, and a port, by chance. @see RFC 2365 section 6.1 */
export function randomGroup(): { address: string; port: number } {
  return { address: `239.255.${randomInt(256)}.${randomInt(1, 255)}`, port: 2 * randomInt(10_000, 32_000) };
}

/**
 * Opens what sends to a group. The socket for RTCP is also a member, to hear the reports of those who listen.
 * @throws StreamError `invalid-option` for a wrong interface; the system's error where there is no way to the group
 */
export async function openMulticastPorts(place: MulticastPlace, events: UdpPortsEvents): Promise<UdpPorts> {
  const { address, port, ttl } = place;
  const family = isIPv6(address) ? 6 : 4;
  const via = place.interface === undefined ? undefined : multicastInterfaces(place.interface, family)[0];
  const anywhere = { family, address: family === 6 ? "::" : "0.0.0.0" } as const;
  const rtp = await openUdpSocket({ ...anywhere, port: 0 });
  try {
    const rtcp = await openUdpSocket({ ...anywhere, port: port + 1, shared: true });
    try {
      for (const socket of [rtp, rtcp]) {
        socket.setMulticastTTL(ttl);
        if (via !== undefined) socket.setMulticastInterface(via);
      }
      rtcp.addMembership(address, via);
      return joinPorts({ rtp, rtcp, numbers: [port, port + 1] }, events);
    } catch (error) {
      rtcp.close();
      throw error;
    }
  } catch (error) {
    rtp.close();
    throw error;
  }
}
