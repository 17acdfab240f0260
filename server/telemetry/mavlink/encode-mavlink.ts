import { StreamError } from "../../../lib/errors.js";
import { mavlinkChecksum } from "./checksum.js";
import { encodePayload, type MavlinkInput } from "./encode-payload.js";
import { definitionByName, type MavlinkDefinition } from "./message-definition.js";
import { CHECKSUM_LENGTH, HEADER_LENGTH, MAGIC } from "./packet.js";

/** A message to send. */
export interface MavlinkOutgoing {
  /** As the dialect names it, such as `HEARTBEAT`. */
  name: string;
  /**
   * By the dialect's names. 64-bit integers may be decimal text, null is a float that is not a number; what is left out
   * is zero, and empty where it is text.
   */
  fields: Readonly<Record<string, MavlinkInput>>;
  systemId: number;
  componentId: number;
  /** Counts the packets of this component: 0 to 255, then 0 again. */
  sequence: number;
  /** Of the protocol; 1 sends no extension fields and no message whose id is above 255. */
  version: 1 | 2;
}

/**
 * One unsigned packet.
 * @throws StreamError `invalid-option` that names what is unknown or not allowed
 * @see https://mavlink.io/en/guide/serialization.html
 */
export function encodeMavlink({ name, fields, version, ...from }: MavlinkOutgoing): Buffer {
  const definition = definitionByName(name);
  if (!definition) throw invalid(name, "is in no dialect that we know");
  if (version === 1 && definition.id > 255)
    throw invalid(name, `has the id ${definition.id}, which MAVLink 1 cannot send`);
  let payload: Buffer;
  try {
    payload = encodePayload(definition, fields);
  } catch (cause) {
    throw invalid(name, (cause as Error).message, cause);
  }
  const sent = payload.subarray(0, version === 1 ? definition.baseLength : withoutTrailingZeros(payload));
  const header = writeHeader({ definition, version, length: sent.length, ...from });
  const packet = Buffer.concat([header, sent, Buffer.alloc(CHECKSUM_LENGTH)]);
  const end = packet.length - CHECKSUM_LENGTH;
  packet.writeUInt16LE(mavlinkChecksum(packet, { start: 1, end, crcExtra: definition.crcExtra }), end);
  return packet;
}

interface Header extends Pick<MavlinkOutgoing, "version" | "systemId" | "componentId" | "sequence"> {
  definition: MavlinkDefinition;
  length: number;
}

function writeHeader({ definition, version, length, systemId, componentId, sequence }: Header): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH[version]);
  header[0] = MAGIC[version];
  header[1] = length;
  const from = Buffer.from([sequence, systemId, componentId]);
  if (version === 1) {
    from.copy(header, 2);
    header.writeUInt8(definition.id, 5);
  } else {
    from.copy(header, 4);
    header.writeUIntLE(definition.id, 7, 3);
  }
  return header;
}

/** How many bytes MAVLink 2 sends: trailing zeros are left out, but never the first byte. */
function withoutTrailingZeros(payload: Buffer): number {
  let length = payload.length;
  while (length > 1 && payload[length - 1] === 0) length--;
  return length;
}

function invalid(name: string, problem: string, cause?: unknown): StreamError {
  return new StreamError("invalid-option", `${name}: ${problem}`, { cause, details: { message: name } });
}
