import { isIP } from "node:net";
import { isMulticast } from "../network-interfaces.js";

/** More than any machine has addresses; a browser offers a few. */
export const MAX_CANDIDATES = 32;

/**
 * Whether a candidate's address can be tried: a UDP one that is written down. The names under `.local` with which
 * browsers hide theirs are not looked up, nor is any other: such a viewer is found when it sends us something.
 * @param candidate as it stands behind `a=`
 * @see RFC 8839 section 5.1
 */
export function isUsableCandidate(candidate: string): boolean {
  const [foundation = "", , protocol = "", , address = "", port = "", type] = candidate.trim().split(/\s+/);
  if (!/^candidate:[\w+/]{1,32}$/.test(foundation) || type !== "typ") return false;
  const hasPort = /^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536;
  return protocol.toLowerCase() === "udp" && hasPort && isIP(address) !== 0 && !isGroup(address);
}

/** Broadcast and multicast: many would get what is meant for one viewer. */
function isGroup(address: string): boolean {
  return address === "255.255.255.255" || isMulticast(address);
}
