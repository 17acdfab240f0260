import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { RECEIVE_BUFFER_BYTES } from "./receive-buffer.js";

/** Where a socket is bound. */
export interface UdpPlace {
  address: string;
  port: number;
  family: 4 | 6;
  /** Whether others may be bound there too, as for multicast. Default false. */
  shared?: boolean;
}

/**
 * A bound socket with a receive buffer for keyframes, for numeric addresses only. Its owner listens to `error`.
 * @throws the system's error; then the socket is closed
 */
export async function openUdpSocket({ address, port, family, shared = false }: UdpPlace): Promise<Socket> {
  const socket = createSocket({
    ...{ type: family === 6 ? "udp6" : "udp4", reuseAddr: shared, recvBufferSize: RECEIVE_BUFFER_BYTES },
    // Node would look each address up for every datagram.
    lookup: (numeric, _options, found) => found(null, numeric, family),
  });
  // Those that come before its owner listens mean nothing: nothing is sent yet.
  socket.on("error", () => {});
  try {
    const listening = once(socket, "listening");
    socket.bind({ address, port });
    await listening;
    return socket;
  } catch (error) {
    await closeUdpSockets([socket]);
    throw error;
  }
}

/** Resolves when they are gone. Idempotent. */
export async function closeUdpSockets(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          try {
            socket.close(() => resolve());
          } catch {
            // It is closed already.
            resolve();
          }
        }),
    ),
  );
}
