import { x25crc } from "node-mavlink";
import { encodeMavlink, type MavlinkOutgoing } from "../../../../server/telemetry/mavlink/encode-mavlink.js";
import { MavlinkParser } from "../../../../server/telemetry/mavlink/mavlink-parser.js";

/** The CRC_EXTRA of HEARTBEAT. */
export const HEARTBEAT_EXTRA = 50;

/** A parser for which it is always 1000 ms past the epoch. */
export function newParser(): MavlinkParser {
  return new MavlinkParser({ now: () => 1000 });
}

/** A packet of system 1, component 1. */
export function packet(
  name: string,
  fields: MavlinkOutgoing["fields"],
  { sequence = 0, version = 2 }: { sequence?: number; version?: 1 | 2 } = {},
): Buffer {
  return encodeMavlink({ name, fields, systemId: 1, componentId: 1, sequence, version });
}

/** Ends with a byte that is not zero, so that nothing of it is left out. */
export function heartbeat(sequence = 0): Buffer {
  return packet("HEARTBEAT", { type: 2, autopilot: 3, mavlink_version: 3 }, { sequence });
}

/** A MAVLink 2 packet with any id, flags and payload; its checksum is that of `crcExtra`. */
export function anyPacket(id: number, payload: Buffer, { flags = 0, crcExtra = 0, sequence = 0 } = {}): Buffer {
  const header = [0xfd, payload.length, flags, 0, sequence, 1, 1, id & 0xff, (id >> 8) & 0xff, id >> 16];
  const bytes = Buffer.concat([Buffer.from(header), payload, Buffer.alloc(2)]);
  bytes.writeUInt16LE(x25crc(bytes, 1, 2, crcExtra), bytes.length - 2);
  return bytes;
}

/** The names of messages, unknown ones with their id. */
export function names(messages: { name: string | null; id: number }[]): string[] {
  return messages.map(({ name, id }) => name ?? `#${id}`);
}
