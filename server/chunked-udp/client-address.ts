import { BlockList, isIPv6 } from "node:net";

const PRIVATE = new BlockList();
PRIVATE.addSubnet("127.0.0.0", 8, "ipv4");
PRIVATE.addSubnet("10.0.0.0", 8, "ipv4");
PRIVATE.addSubnet("172.16.0.0", 12, "ipv4");
PRIVATE.addSubnet("192.168.0.0", 16, "ipv4");
PRIVATE.addSubnet("169.254.0.0", 16, "ipv4");
PRIVATE.addAddress("::1", "ipv6");
PRIVATE.addSubnet("fc00::", 7, "ipv6");
PRIVATE.addSubnet("fe80::", 10, "ipv6");

/** An address as people write it: IPv4 where a socket of IPv6 tells it as `::ffff:192.0.2.7`. */
export function plainAddress(address: string): string {
  return /^::ffff:\d+\./i.test(address) ? address.slice("::ffff:".length) : address;
}

/**
 * Whether a plain address is this machine's own, of a private network or of the link. That of a provider's NAT
 * (100.64.0.0/10) is not: strangers share it.
 * @see RFC 1918, RFC 3927, RFC 4193, RFC 4291 2.5.6, RFC 6598
 */
export function isPrivateAddress(address: string): boolean {
  return isInList(PRIVATE, address);
}

/** Whether a plain address, with or without the name of an interface, is in a list. */
export function isInList(list: BlockList, address: string): boolean {
  return list.check(address.replace(/%.*$/, ""), isIPv6(address) ? "ipv6" : "ipv4");
}

/** Whom a plain address belongs to, as far as is known: a public one of IPv6 to whoever has its /64. */
export function ownerOf(address: string): string {
  if (!isIPv6(address) || isPrivateAddress(address)) return address;
  const [head = "", tail] = address.split("::");
  const groups = groupsOf(head);
  const last = groupsOf(tail ?? "");
  if (tail !== undefined) while (groups.length + last.length < 8) groups.push("0");
  return `${[...groups, ...last].slice(0, 4).join(":")}::/64`;
}

function groupsOf(text: string): string[] {
  return text.split(":").filter((group) => group !== "");
}
