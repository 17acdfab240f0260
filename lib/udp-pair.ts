import { randomInt } from "node:crypto";
import type { Socket } from "node:dgram";
import { isIP } from "node:net";
import { StreamError } from "./errors.js";
import { closeUdpSockets, openUdpSocket } from "./udp-socket.js";

/** Ports that nobody has registered. @see RFC 6335 section 6 */
const FIRST_PORT = 49_152;
const LAST_PORT = 65_534;
const MAX_TRIES = 50;
const ANYWHERE = { 4: "0.0.0.0", 6: "::" } as const;

/**
 * Sockets on an even port for RTP and on the next one for RTCP, of this address of ours.
 * @throws StreamError `connect-failed`
 * @see RFC 3550 section 11
 */
export async function openUdpPair(localAddress: string): Promise<[Socket, Socket]> {
  const family = isIP(localAddress) === 6 ? 6 : 4;
  let address = localAddress;
  let failure: NodeJS.ErrnoException | undefined;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const port = FIRST_PORT + 2 * randomInt((LAST_PORT - FIRST_PORT) / 2 + 1);
    const opened: Socket[] = [];
    try {
      opened.push(await openUdpSocket({ address, port, family }));
      opened.push(await openUdpSocket({ address, port: port + 1, family }));
      return opened as [Socket, Socket];
    } catch (error) {
      await closeUdpSockets(opened);
      failure = error as NodeJS.ErrnoException;
      // A link-local address of IPv6 needs its interface, which a socket does not tell.
      if (failure.code !== "EADDRINUSE") address = ANYWHERE[family];
    }
  }
  throw new StreamError("connect-failed", `no pair of UDP ports can be had on ${localAddress}: ${failure?.message}`, {
    cause: failure,
  });
}
