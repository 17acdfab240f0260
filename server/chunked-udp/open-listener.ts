import type { Socket } from "node:dgram";
import { lookUpHost } from "../../lib/look-up-host.js";
import { bindSocket, type LocalPlace } from "./bind-socket.js";

/** Where clients register. */
export interface Listener {
  socket: Socket;
  /** Where it is bound, for further sockets in the same place. */
  place: LocalPlace;
}

/** Where the listener is to be. */
export interface ListenerOptions {
  /** Name or address; empty: all of this machine's, IPv4 and IPv6. */
  host: string;
  /** 0: any free one. */
  port: number;
  /** Whether further sockets of ours shall be bound in the same place. */
  shared: boolean;
}

/**
 * Opens the socket that takes registrations; rejects with the reason of `signal` when that aborts before.
 * @throws the system's error
 */
export async function openListener({ host, port, shared }: ListenerOptions, signal: AbortSignal): Promise<Listener> {
  if (host !== "") {
    const { address, family } = await lookUpHost(host, signal);
    return bindAlone({ address, family: family === 6 ? 6 : 4, port }, shared);
  }
  try {
    return bindAlone({ address: "::", family: 6, port }, shared);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EAFNOSUPPORT" && code !== "EADDRNOTAVAIL" && code !== "EINVAL") throw error;
    // A machine without IPv6.
    return bindAlone({ address: "0.0.0.0", family: 4, port }, shared);
  }
}

/** Sockets that share a place would share it with any program that says so too: one that does not finds out. */
function bindAlone(place: LocalPlace, shared: boolean): Listener {
  const alone = bindSocket(place, false);
  const { port } = alone.address();
  if (!shared) return { socket: alone, place: { ...place, port } };
  alone.close();
  return { socket: bindSocket({ ...place, port }, true), place: { ...place, port } };
}
