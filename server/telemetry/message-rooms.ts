import { z } from "zod";
import type { MavlinkMessage } from "../../lib/telemetry/mavlink-message.js";

const EVERY_MESSAGE = "mavlink";
/** Names have up to 50 characters, and MAVLink 2 ids of 24 bits. */
const SUBSCRIPTION = z.union([
  z.literal("all"),
  z.array(z.union([z.string().min(1).max(64), z.int().min(0).max(0xffffff)])).max(100),
]);

/** The rooms of who asks for these messages; undefined for what is no such question. */
export function subscribedRooms(which: unknown): string[] | undefined {
  const wanted = SUBSCRIPTION.safeParse(which).data;
  if (wanted === undefined) return undefined;
  return wanted === "all" ? [EVERY_MESSAGE] : wanted.map((one) => `${EVERY_MESSAGE}:${one}`);
}

/** The rooms in which a message is told. */
export function roomsOf({ id, name }: MavlinkMessage): string[] {
  const rooms = [EVERY_MESSAGE, `${EVERY_MESSAGE}:${id}`];
  return name === null ? rooms : [...rooms, `${EVERY_MESSAGE}:${name}`];
}
