import type { MavlinkValue } from "../../../lib/telemetry/mavlink-message.js";
import type { MavlinkDefinition, MavlinkField, MavlinkFieldType } from "./message-definition.js";

/** No payload is longer. */
const scratch = Buffer.alloc(255);
const view = new DataView(scratch.buffer, scratch.byteOffset, scratch.length);

/** Doubles are exact up to 2^53. */
const EXACT_HIGH_WORD = 2 ** 21;

type Read = (at: number) => number | string | null;

const READ: Record<Exclude<MavlinkFieldType, "char">, Read> = {
  u8: (at) => view.getUint8(at),
  i8: (at) => view.getInt8(at),
  u16: (at) => view.getUint16(at, true),
  i16: (at) => view.getInt16(at, true),
  u32: (at) => view.getUint32(at, true),
  i32: (at) => view.getInt32(at, true),
  u64: (at) => {
    const high = view.getUint32(at + 4, true);
    if (high >= EXACT_HIGH_WORD) return view.getBigUint64(at, true).toString();
    return String(high * 2 ** 32 + view.getUint32(at, true));
  },
  i64: (at) => view.getBigInt64(at, true).toString(),
  f32: (at) => finite(view.getFloat32(at, true)),
  f64: (at) => finite(view.getFloat64(at, true)),
};

type ReadField = () => MavlinkValue;
interface Reader {
  name: string;
  read: ReadField;
}
const readers = new Map<MavlinkDefinition, Reader[]>();

/**
 * A payload's fields by name. What the payload is too short for is zero: MAVLink 2 leaves trailing zeros out, and an
 * older sender its extensions. What it has beyond the fields is a newer sender's, and left out.
 * @see https://mavlink.io/en/guide/serialization.html#payload_truncation
 */
export function decodePayload(
  definition: MavlinkDefinition,
  bytes: Buffer,
  range: { start: number; end: number },
): Record<string, MavlinkValue> {
  const copied = bytes.copy(scratch, 0, range.start, range.end);
  if (copied < definition.length) scratch.fill(0, copied, definition.length);
  let list = readers.get(definition);
  if (!list) {
    list = definition.fields.map((field) => ({ name: field.name, read: fieldReader(field) }));
    readers.set(definition, list);
  }
  const fields: Record<string, MavlinkValue> = {};
  for (const { name, read } of list) fields[name] = read();
  return fields;
}

function fieldReader({ type, offset, size, length }: MavlinkField): ReadField {
  if (type === "char") return () => readText(offset, length);
  const read = READ[type];
  if (length === 0) return () => read(offset);
  return () => {
    const values = new Array<number | string | null>(length);
    for (let index = 0; index < length; index++) values[index] = read(offset + index * size);
    return values;
  };
}

function readText(offset: number, length: number): string {
  let end = offset;
  while (end < offset + length && scratch[end] !== 0) end++;
  return scratch.toString("utf8", offset, end);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
