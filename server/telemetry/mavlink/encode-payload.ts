import type { MavlinkDefinition, MavlinkField, MavlinkFieldType } from "./message-definition.js";

/** What a number's field may be given: 64-bit integers are decimal text, and null is what is not a number. */
type Scalar = number | string | null;
/** What a message's field may be given. */
export type MavlinkInput = Scalar | readonly Scalar[];

type Write = (payload: Buffer, value: Scalar, at: number) => void;

const WRITE: Record<Exclude<MavlinkFieldType, "char">, Write> = {
  u8: (payload, value, at) => payload.writeUInt8(integer(value), at),
  i8: (payload, value, at) => payload.writeInt8(integer(value), at),
  u16: (payload, value, at) => payload.writeUInt16LE(integer(value), at),
  i16: (payload, value, at) => payload.writeInt16LE(integer(value), at),
  u32: (payload, value, at) => payload.writeUInt32LE(integer(value), at),
  i32: (payload, value, at) => payload.writeInt32LE(integer(value), at),
  u64: (payload, value, at) => payload.writeBigUInt64LE(longInteger(value), at),
  i64: (payload, value, at) => payload.writeBigInt64LE(longInteger(value), at),
  f32: (payload, value, at) => payload.writeFloatLE(float(value), at),
  f64: (payload, value, at) => payload.writeDoubleLE(float(value), at),
};

/**
 * A message's whole payload, extensions included. What is left out is zero.
 * @throws Error that names the field whose value is not allowed
 */
export function encodePayload(definition: MavlinkDefinition, values: Readonly<Record<string, MavlinkInput>>): Buffer {
  const payload = Buffer.alloc(definition.length);
  for (const [name, value] of Object.entries(values)) {
    const field = definition.fields.find((candidate) => candidate.name === name);
    if (!field)
      throw new Error(`${name} is none of its fields: ${definition.fields.map((one) => one.name).join(", ")}`);
    try {
      writeField(payload, field, value);
    } catch (cause) {
      throw new Error(`${name} = ${JSON.stringify(value)}: must be ${allowed(field)}`, { cause });
    }
  }
  return payload;
}

function writeField(payload: Buffer, { type, offset, size, length }: MavlinkField, value: MavlinkInput): void {
  if (type === "char") {
    if (typeof value !== "string" || Buffer.byteLength(value) > length) throw new TypeError("no text, or too long");
    payload.write(value, offset);
    return;
  }
  const write = WRITE[type];
  if (length === 0) return write(payload, value as Scalar, offset);
  if (!Array.isArray(value) || value.length > length) throw new TypeError("no array, or too long");
  for (const [index, element] of value.entries()) write(payload, element, offset + index * size);
}

function allowed({ type, length }: MavlinkField): string {
  if (type === "char") return `text of at most ${length} bytes`;
  return length > 0 ? `at most ${length} values of type ${type}` : `a value of type ${type}`;
}

function integer(value: Scalar): number {
  if (!Number.isInteger(value)) throw new TypeError("no integer");
  return value as number;
}

function longInteger(value: Scalar): bigint {
  if (typeof value === "number" || typeof value === "string") return BigInt(value);
  throw new TypeError("no integer");
}

function float(value: Scalar): number {
  if (value === null) return Number.NaN;
  if (typeof value !== "number") throw new TypeError("no number");
  return value;
}
