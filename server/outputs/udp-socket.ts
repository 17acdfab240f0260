import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { StreamError } from "../../lib/errors.js";
import { lookUpHost } from "../../lib/look-up-host.js";
import { isMulticast, multicastInterfaces } from "../../lib/network-interfaces.js";

/** Where datagrams go, and how. */
export interface UdpTargetOptions {
  /** Name or address; resolved once. */
  host: string;
  port: number;
  /** Routers that a datagram may cross. Default: 1 for multicast, the system's for unicast. */
  ttl?: number;
  /** Name or address of the interface that sends multicast. Default: the system's choice. */
  interface?: string;
}

/** An open socket and its peer. */
export interface UdpTarget {
  socket: Socket;
  /** The host's, numeric: the socket looks no names up. */
  address: string;
}

/**
 * Opens a socket that sends to one place; rejects with the reason of `signal` when that aborts before.
 * @throws StreamError `connect-failed` for a name that does not resolve, `invalid-option` for a wrong interface
 */
export async function openUdpSocket(options: UdpTargetOptions, signal: AbortSignal): Promise<UdpTarget> {
  const { host, ttl } = options;
  const { address, family } = await lookUpHost(host, signal).catch((error: Error) => {
    signal.throwIfAborted();
    throw new StreamError("connect-failed", `host ${host} cannot be resolved: ${error.message}`, { cause: error });
  });
  const ipv6 = family === 6;
  const multicast = isMulticast(address);
  if (options.interface !== undefined && !multicast) {
    throw new StreamError("invalid-option", `interface=${options.interface}: only for multicast; ${host} is none`);
  }
  const via = options.interface === undefined ? undefined : multicastInterfaces(options.interface, ipv6 ? 6 : 4)[0];
  // Node would look the address up for every datagram. A connected socket would not, but it loses a datagram for
  // every one that nobody took.
  const socket = createSocket({
    type: ipv6 ? "udp6" : "udp4",
    lookup: (numeric, _options, callback) => callback(null, numeric, family),
  });
  try {
    const listening = once(socket, "listening");
    socket.bind(0);
    await listening;
    if (multicast) {
      socket.setMulticastTTL(ttl ?? 1);
      if (via !== undefined) socket.setMulticastInterface(via);
    } else if (ttl !== undefined) {
      socket.setTTL(ttl);
    }
  } catch (error) {
    socket.close();
    throw error;
  }
  return { socket, address };
}
