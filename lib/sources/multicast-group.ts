import type { Socket } from "node:dgram";
import type { Clock, Timer } from "../clock.js";
import { StreamError } from "../errors.js";
import { multicastInterfaces } from "../network-interfaces.js";

/** How often the machine is asked for interfaces that came up, to join the group there too. */
const JOIN_INTERVAL_MS = 500;

/** Which group is joined, and where. */
export interface MulticastGroup {
  address: string;
  family: 4 | 6;
  /** Name or address of an interface; all of them by default. */
  interface?: string | undefined;
  /** The only sender that is listened to; any by default. */
  source?: string | undefined;
}

/**
 * Joins a group, and joins it again on interfaces that come up later, until the timer is cancelled. Which interface a
 * group arrives on is not known beforehand: all are joined, and one that cannot is passed over.
 *
 * @throws StreamError `bind-failed` where it cannot be joined at all, `invalid-option` where there is no such interface
 */
export function joinGroup(socket: Socket, group: MulticastGroup, clock: Clock): Timer {
  let joined = join(socket, group, []);
  return clock.every(JOIN_INTERVAL_MS, () => {
    try {
      joined = join(socket, group, joined);
    } catch {
      // None is there now; what was joined before is joined again by the system.
      joined = [];
    }
  });
}

/** Joins the group on every interface but those; gives all interfaces there are. */
function join(socket: Socket, group: MulticastGroup, besides: readonly string[]): readonly string[] {
  const { address, source } = group;
  const failures: Error[] = [];
  const interfaces = multicastInterfaces(group.interface, group.family);
  for (const via of interfaces.filter((name) => !besides.includes(name))) {
    try {
      if (source === undefined) socket.addMembership(address, via);
      else socket.addSourceSpecificMembership(source, address, via);
    } catch (error) {
      failures.push(error as Error);
    }
  }
  if (failures.length < interfaces.length) return interfaces;
  const why = failures[0]?.message;
  const from = source === undefined ? "" : ` for source ${source}`;
  throw new StreamError("bind-failed", `group ${address}${from} cannot be joined on ${interfaces.join(", ")}: ${why}`);
}
