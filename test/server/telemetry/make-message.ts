import type { MavlinkMessage } from "../../../lib/telemetry/mavlink-message.js";

/** A message as the parser gives it. */
export function makeMessage(
  name: string,
  fields: MavlinkMessage["fields"],
  from: Partial<MavlinkMessage> = {},
): MavlinkMessage {
  const sender = { systemId: 1, componentId: 1, sequence: 0, version: 2, signed: false } as const;
  return { id: 0, name, ...sender, fields, atMs: 1_000, ...from };
}

/** The HEARTBEAT of a quadcopter with ArduPilot in the mode LOITER, armed. */
export function makeHeartbeat(
  fields: MavlinkMessage["fields"] = {},
  from: Partial<MavlinkMessage> = {},
): MavlinkMessage {
  return makeMessage("HEARTBEAT", { type: 2, autopilot: 3, base_mode: 0x81, custom_mode: 5, ...fields }, from);
}
