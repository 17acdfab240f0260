import fc from "fast-check";
import {
  ardupilotmega,
  common,
  icarous,
  type MavLinkData,
  type MavLinkDataConstructor,
  type MavLinkPacketField,
  MavLinkProtocolV1,
  MavLinkProtocolV2,
  minimal,
  standard,
  uavionix,
} from "node-mavlink";
import type { MavlinkValue } from "../../../../lib/telemetry/mavlink-message.js";

/** A message as node-mavlink describes it. */
export type ForeignMessage = MavLinkDataConstructor<MavLinkData>;

type ForeignValue = number | bigint | string | (number | bigint)[];

/** Every message of node-mavlink's dialects up to ardupilotmega. */
export const FOREIGN_MESSAGES: ForeignMessage[] = [minimal, standard, common, uavionix, icarous, ardupilotmega].flatMap(
  ({ REGISTRY }) => Object.values(REGISTRY as Record<number, ForeignMessage>),
);

/** By id. */
export const FOREIGN_BY_ID = new Map(FOREIGN_MESSAGES.map((message) => [message.MSG_ID, message]));

/** A message with values: node-mavlink's object, and what our parser is to make of it. */
export interface FilledMessage {
  data: MavLinkData;
  fields: Record<string, MavlinkValue>;
}

/** Values of every kind for every field of a message; `finite` without floats that are not numbers or infinite. */
export function filled(message: ForeignMessage, floats: "all" | "finite" = "all"): fc.Arbitrary<FilledMessage> {
  const bounds = { noNaN: floats === "finite", noDefaultInfinity: floats === "finite" };
  const values = fc.tuple(...message.FIELDS.map((field) => arbitraryOf(field, bounds)));
  return values.map((list) => {
    const data = new message();
    const fields: Record<string, MavlinkValue> = {};
    for (const [index, { name, source }] of message.FIELDS.entries()) {
      const value = list[index] as ForeignValue;
      Object.assign(data, { [name]: value });
      fields[source] = Array.isArray(value) ? value.map(expected) : expected(value);
    }
    return { data, fields };
  });
}

/** node-mavlink's packet of a message. */
export function foreignPacket(data: MavLinkData, version: 1 | 2, sequence = 7): Buffer {
  const protocol = version === 1 ? new MavLinkProtocolV1(3, 4) : new MavLinkProtocolV2(3, 4);
  return protocol.serialize(data, sequence);
}

/** What our parser gives for a value of node-mavlink's. */
export function expected<Value extends number | bigint | string>(value: Value): number | string | null {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return null;
  return value as number | string;
}

interface FloatBounds {
  noNaN: boolean;
  noDefaultInfinity: boolean;
}

function arbitraryOf({ type, length }: MavLinkPacketField, floats: FloatBounds): fc.Arbitrary<ForeignValue> {
  if (type === "char[]")
    return fc.string({ unit: fc.integer({ min: 1, max: 127 }).map(String.fromCharCode), maxLength: length });
  const scalar = scalarOf(type.replace("[]", ""), floats);
  return length > 0 ? fc.array(scalar, { minLength: length, maxLength: length }) : scalar;
}

function scalarOf(type: string, floats: FloatBounds): fc.Arbitrary<number | bigint> {
  if (type === "float") return fc.float(floats);
  if (type === "double") return fc.double(floats);
  const [, unsigned, digits] = /^(u?)int(\d+)_t/.exec(type) ?? [];
  const bits = Number(digits);
  if (bits === 64)
    return fc.bigInt(unsigned ? { min: 0n, max: 2n ** 64n - 1n } : { min: -(2n ** 63n), max: 2n ** 63n - 1n });
  return fc.integer(unsigned ? { min: 0, max: 2 ** bits - 1 } : { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
}
