import type { Socket } from "node:dgram";
import type { DatagramSocket } from "../outputs/paced-sender.js";

/** What sends to one place by such a socket. */
export function datagramTarget(
  socket: Socket,
  place: { address: string; port: number },
  onError: (error: NodeJS.ErrnoException) => void,
): DatagramSocket {
  return {
    send: (datagram) => socket.send(datagram, place.port, place.address, (error) => error && onError(error)),
    queuedBytes: () => socket.getSendQueueSize(),
  };
}
