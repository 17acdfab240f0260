import { MESSAGE_TABLE } from "./message-table.generated.js";

/** How many bytes a field's value has, or each of its elements. */
const SIZES = { char: 1, u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, u64: 8, i64: 8, f32: 4, f64: 8 } as const;

/** A field's type on the wire, little-endian. */
export type MavlinkFieldType = keyof typeof SIZES;

/** One field of a message. */
export interface MavlinkField {
  name: string;
  type: MavlinkFieldType;
  /** Where it begins in the payload. */
  offset: number;
  /** Bytes of the value, or of one element. */
  size: number;
  /** Elements of an array or of a text; 0: a single value. */
  length: number;
}

/** What one message looks like on the wire. */
export interface MavlinkDefinition {
  id: number;
  name: string;
  /** Goes into the checksum of every packet. */
  crcExtra: number;
  /** In the order of the wire. */
  fields: MavlinkField[];
  /** Bytes of the whole payload. */
  length: number;
  /** Bytes without the extensions: what MAVLink 1 sends. */
  baseLength: number;
}

// A vehicle sends some 40 of the 320 messages: a line is read when its message is first met.
const lines = new Map<number, string>();
const ids = new Map<string, number>();
for (const line of MESSAGE_TABLE.trim().split("\n")) {
  const [id, name] = line.split(" ", 2) as [string, string];
  lines.set(Number(id), line);
  ids.set(name, Number(id));
}
const known = new Map<number, MavlinkDefinition>();

/** Every message's id. */
export const MAVLINK_IDS: readonly number[] = [...lines.keys()];

/** The message with this id; undefined where no dialect that we know has it. */
export function definitionById(id: number): MavlinkDefinition | undefined {
  const definition = known.get(id);
  if (definition) return definition;
  const line = lines.get(id);
  if (line === undefined) return undefined;
  const read = readLine(line);
  known.set(id, read);
  return read;
}

/** The message with this name, such as `ATTITUDE`; undefined where no dialect that we know has it. */
export function definitionByName(name: string): MavlinkDefinition | undefined {
  const id = ids.get(name);
  return id === undefined ? undefined : definitionById(id);
}

function readLine(line: string): MavlinkDefinition {
  const [id, name, crcExtra, ...words] = line.split(" ") as [string, string, string, ...string[]];
  const fields: MavlinkField[] = [];
  let length = 0;
  let baseLength: number | undefined;
  for (const word of words) {
    if (word === "+") {
      baseLength = length;
      continue;
    }
    const field = readField(word, length);
    fields.push(field);
    length += field.size * Math.max(field.length, 1);
  }
  return { id: Number(id), name, crcExtra: Number(crcExtra), fields, length, baseLength: baseLength ?? length };
}

function readField(word: string, offset: number): MavlinkField {
  const [name, type, length = "0"] = word.split(/[:[\]]/) as [string, MavlinkFieldType, string?];
  return { name, type, offset, size: SIZES[type], length: Number(length) };
}
