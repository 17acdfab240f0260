import { createSocket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";

/** A group of the range that is nobody's, to try with. @see RFC 2365 6.1, RFC 4291 2.7 */
const GROUPS = { IPv4: "239.255.77.77", IPv6: "ff15::7777" } as const;

/** An address of this machine. */
export interface NetworkAddress {
  interface: string;
  address: string;
  family: "IPv4" | "IPv6";
  /** Whether a multicast group can be joined there. */
  multicast: boolean;
}

/** Every address of this machine, with multicast proven by joining a group. */
export async function listNetwork(): Promise<NetworkAddress[]> {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, entries]) =>
    (entries ?? []).map(({ address, family }) => ({ interface: name, address, family })),
  );
  return Promise.all(addresses.map(async (entry) => ({ ...entry, multicast: await canJoin(entry) })));
}

async function canJoin(entry: Omit<NetworkAddress, "multicast">): Promise<boolean> {
  const socket = createSocket(entry.family === "IPv4" ? "udp4" : "udp6");
  try {
    socket.bind(0);
    await once(socket, "listening");
    socket.addMembership(GROUPS[entry.family], entry.family === "IPv4" ? entry.address : `::%${entry.interface}`);
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
