import { createSocket, type Socket } from "node:dgram";

/** A local address, numeric, and a port. */
export interface LocalPlace {
  address: string;
  family: 4 | 6;
  port: number;
}

/**
 * A bound socket, at once: nothing is looked up. Its owner listens to `error`.
 * @param shared whether others may be bound to the same place, which must say so as well
 * @throws the system's error; then the socket is closed
 */
export function bindSocket({ address, family, port }: LocalPlace, shared: boolean): Socket {
  const socket = createSocket({
    ...{ type: family === 6 ? "udp6" : "udp4", reuseAddr: shared },
    // Node would look each address up for every datagram, and bind and connect later than they are called.
    lookup: (numeric, _options, found) => found(null, numeric, family),
  });
  let failure: Error | undefined;
  const onError = (error: Error): void => {
    failure = error;
  };
  socket.on("error", onError);
  // Workers of a cluster would be given the socket of their primary.
  socket.bind({ address, port, exclusive: true });
  if (failure) {
    socket.close();
    throw failure;
  }
  socket.off("error", onError);
  return socket;
}
