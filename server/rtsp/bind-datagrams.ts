import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { DatagramSocket } from "../outputs/paced-sender.js";

/** Where a socket for datagrams is bound. */
export interface BindDatagramsOptions {
  family: 4 | 6;
  /** Default: every address. */
  address?: string;
  /** 0: any free one. */
  port: number;
  /** Whether others on this machine may have the port as well, as those who receive multicast do. */
  shared?: boolean;
}

/** A bound socket, for numeric addresses only; rejects with the system's error. */
export async function bindDatagrams({ family, address, port, shared }: BindDatagramsOptions): Promise<Socket> {
  const socket = createSocket({
    type: `udp${family}`,
    reuseAddr: shared ?? false,
    // Node would look each address up for every datagram.
    lookup: (numeric, _options, found) => found(null, numeric, family),
  });
  try {
    const listening = once(socket, "listening");
    socket.bind(port, address);
    await listening;
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** What sends to one place by such a socket. */
export function targetOf(
  socket: Socket,
  place: { address: string; port: number },
  onError: (error: NodeJS.ErrnoException) => void,
): DatagramSocket {
  return {
    send: (datagram) => socket.send(datagram, place.port, place.address, (error) => error && onError(error)),
    queuedBytes: () => socket.getSendQueueSize(),
  };
}

/** Resolves when it is closed. */
export function closeDatagrams(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
