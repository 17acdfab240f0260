import type { RemoteInfo, Socket } from "node:dgram";
import { bindSocket, type LocalPlace } from "./bind-socket.js";

/** More than this in the common socket, and whoever uses it is behind. */
const MOST_SHARED_BYTES = 1024 * 1024;

/**
 * Whether each client can have a socket of its own in the listener's place, connected to it. Linux gives a datagram to
 * the socket that knows most of where it comes from. macOS may do so as well, Windows does not.
 */
export const CLIENTS_HAVE_SOCKETS: boolean = process.platform === "linux";

/** The way to one client. */
export interface ClientChannel {
  send(datagram: Buffer): void;
  /** Whether the system has not taken yet what was sent. */
  readonly behind: boolean;
  /** Nothing goes out any more, and no error matters; but what comes is told, since the client may be back at once. */
  end(): void;
  /** It ended before: what the client says from now on comes to the listener, what it said is still told. */
  retire(): void;
  /** Resolves when its socket is gone, and what was not told with it; called once. */
  close(): Promise<void>;
}

/** Whom a channel tells what happens. */
export interface ChannelOwner {
  /** A datagram, in rare cases from somebody else than the client. */
  message(datagram: Buffer, from: RemoteInfo): void;
  /** Nobody listens at the client's address any more. */
  gone(): void;
  /** The system refused to send a datagram. */
  sendFailed(error: NodeJS.ErrnoException): void;
}

/** A client's address and port, as its datagrams tell them. */
export type Peer = Pick<RemoteInfo, "address" | "port">;

/**
 * A socket of its own for a client, which therefore learns at once when nobody listens there any more. Before it is
 * connected, a moment later, it gets what anybody sends; its owner is told that like all else.
 * @throws the system's error
 */
export function openConnectedChannel(place: LocalPlace, { address, port }: Peer, owner: ChannelOwner): ClientChannel {
  const socket = bindSocket(place, true);
  let ended = false;
  const failed = (error: NodeJS.ErrnoException): void => {
    if (ended) return;
    if (error.code === "ECONNREFUSED") owner.gone();
    else owner.sendFailed(error);
  };
  const sent = (error: Error | null): void => {
    if (error) failed(error);
  };
  socket.on("message", (datagram, from) => owner.message(datagram, from));
  socket.on("error", failed);
  try {
    socket.connect(port, address);
    // What went wrong is told later only, but that it did is known.
    socket.remoteAddress();
  } catch (error) {
    ended = true;
    setImmediate(() => socket.close());
    throw error;
  }
  return {
    send: (datagram) => {
      if (!ended) socket.send(datagram, sent);
    },
    get behind() {
      return socket.getSendQueueSize() > 0;
    },
    end: () => {
      ended = true;
    },
    retire: () => {
      socket.disconnect();
      // Nobody sends from its own place.
      const { port, address } = socket.address();
      socket.connect(port, address);
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** The listener's own socket as the way to a client, where sockets cannot share a place. */
export function openSharedChannel(
  listener: Socket,
  { address, port }: Peer,
  { sendFailed }: Pick<ChannelOwner, "sendFailed">,
): ClientChannel {
  return {
    send: (datagram) => listener.send(datagram, port, address, (error) => error && sendFailed(error)),
    get behind() {
      return listener.getSendQueueSize() > MOST_SHARED_BYTES;
    },
    end: () => {},
    retire: () => {},
    close: async () => {},
  };
}
