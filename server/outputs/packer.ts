import type { AccessUnit } from "../../lib/codecs/access-unit.js";

/** The most that one datagram carries: 1500 bytes of Ethernet less 40 of IPv6 and 8 of UDP. */
export const MAX_DATAGRAM_BYTES = 1452;

/** What the datagrams of a UDP output carry. */
export type DatagramFormat = "raw" | "ts" | "rtp";

/** Puts access units of one codec into datagrams. */
export interface Packer {
  /** The datagrams of one unit, in order; each at most {@link MAX_DATAGRAM_BYTES} long. */
  pack(unit: AccessUnit): Buffer[];
}
