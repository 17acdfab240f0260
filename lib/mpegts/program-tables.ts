import type { NalCodecName } from "../codecs/nal-codec.js";

/** `stream_type` of the codecs that are read here. @see ITU-T H.222.0 table 2-34 */
export const STREAM_TYPE: Readonly<Record<NalCodecName, number>> = { h264: 0x1b, h265: 0x24 };

/** `table_id` of the program tables. @see ITU-T H.222.0 table 2-31 */
export const TABLE_ID = { PAT: 0x00, PMT: 0x02 } as const;

const HEADER_BYTES = 8;
const CRC_BYTES = 4;

/** The video stream of a program. */
export interface VideoStream {
  pid: number;
  codec: NalCodecName;
}

/** The PID of the first program's map table; undefined when the section is no table of programs now in force. */
export function parsePat(section: Buffer): number | undefined {
  if (!isCurrent(section, TABLE_ID.PAT)) return undefined;
  for (let at = HEADER_BYTES; at + 4 <= section.length - CRC_BYTES; at += 4) {
    // Program 0 names the network information table.
    if (section.readUInt16BE(at) !== 0) return section.readUInt16BE(at + 2) & 0x1fff;
  }
  return undefined;
}

/**
 * The first video stream of a codec that is read here; null when the program has none, undefined when the section is
 * no program map now in force.
 */
export function parsePmt(section: Buffer): VideoStream | null | undefined {
  const end = section.length - CRC_BYTES;
  if (!isCurrent(section, TABLE_ID.PMT) || end < HEADER_BYTES + 4) return undefined;
  let at = HEADER_BYTES + 4 + (section.readUInt16BE(HEADER_BYTES + 2) & 0x0fff);
  while (at + 5 <= end) {
    const codec = codecOf(section.readUInt8(at));
    if (codec) return { pid: section.readUInt16BE(at + 1) & 0x1fff, codec };
    at += 5 + (section.readUInt16BE(at + 3) & 0x0fff);
  }
  return null;
}

function isCurrent(section: Buffer, tableId: number): boolean {
  return section.length >= HEADER_BYTES + CRC_BYTES && section[0] === tableId && (section.readUInt8(5) & 1) === 1;
}

function codecOf(streamType: number): NalCodecName | undefined {
  if (streamType === STREAM_TYPE.h264) return "h264";
  return streamType === STREAM_TYPE.h265 ? "h265" : undefined;
}
