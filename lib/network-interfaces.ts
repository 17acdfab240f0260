import { BlockList, isIP, isIPv6 } from "node:net";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { StreamError } from "./errors.js";

const MULTICAST = new BlockList();
MULTICAST.addSubnet("224.0.0.0", 4, "ipv4");
MULTICAST.addSubnet("ff00::", 8, "ipv6");

/** Whether an IPv4 or IPv6 address names a multicast group. @see RFC 5771, RFC 4291 2.7 */
export function isMulticast(address: string): boolean {
  return MULTICAST.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** Whether `address` (IPv4, IPv6, or IPv4 in IPv6) belongs to this machine, so that a sender there has our clock. */
export function isOwnAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "").replace(/%.*$/, "");
  if (isIP(plain) === 0) return false;
  if (plain === "::1" || plain.startsWith("127.")) return true;
  return ownAddresses().some(({ info }) => info.address === plain);
}

/** Every address of this machine, for messages: `lo 127.0.0.1, lo ::1, eth0 192.0.2.2`. */
export function describeAddresses(): string {
  return ownAddresses()
    .map(({ name, info }) => `${name} ${info.address}`)
    .join(", ");
}

/**
 * The interfaces for multicast, in the form that membership and sending take: IPv4 addresses, or `::%name`.
 *
 * @param wanted name or address of one; all of them by default
 * @throws StreamError `invalid-option` that lists the interfaces there are
 */
export function multicastInterfaces(wanted: string | undefined, family: 4 | 6): string[] {
  const named = ownAddresses().filter(
    ({ name, info }) => wanted === undefined || name === wanted || info.address === wanted,
  );
  const found = named.filter(({ info }) => isIPv6(info.address) === (family === 6));
  if (found.length === 0) {
    const what = wanted === undefined ? "none" : named.length > 0 ? `"${wanted}" has` : `"${wanted}" does not exist`;
    const lack = named.length > 0 || wanted === undefined ? ` no IPv${family} address` : "";
    throw new StreamError("invalid-option", `interface ${what}${lack}; there are ${describeAddresses()}`);
  }
  return [...new Set(found.map((entry) => (family === 4 ? entry.info.address : scoped(entry))))];
}

function scoped({ name, info }: OwnAddress): string {
  return `::%${process.platform === "win32" && info.family === "IPv6" ? info.scopeid : name}`;
}

interface OwnAddress {
  name: string;
  info: NetworkInterfaceInfo;
}

function ownAddresses(): OwnAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, entries]) =>
    (entries ?? []).map((info) => ({ name, info })),
  );
}
