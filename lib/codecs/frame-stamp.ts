import { crc32 } from "node:zlib";
import type { AccessUnit, FrameStamp } from "./access-unit.js";
import { escapeNal, joinedLength, joinNalUnits, START_CODE, splitNalUnits } from "./annexb.js";
import { isNalCodec, NAL_CODECS, type NalCodecName } from "./nal-codec.js";
import { isSlice } from "./nal-role.js";
import { SEI_USER_DATA_UNREGISTERED, seiMessages } from "./sei.js";

/** Names our user data among everybody else's: 6b2f1c9e-4d83-4a57-9c0e-b1d2a75e38f4. */
export const STAMP_UUID: Buffer = Buffer.from("6b2f1c9e4d834a579c0eb1d2a75e38f4", "hex");

const VERSION = 1;
const PAYLOAD_BYTES = 37;
const STOP_BIT = 0x80;

/**
 * The SEI NAL unit (without start code) that carries `stamp`. Its bytes, before emulation prevention:
 *
 * | bytes | what |
 * |---|---|
 * | 1, in H.265 2 | NAL unit header: H.264 type 6, H.265 type 39 (prefix SEI) |
 * | 1 | payload type 5, user_data_unregistered |
 * | 1 | payload size 37 |
 * | 16 | {@link STAMP_UUID} |
 * | 1 | version, 1; readers of version 1 ignore others |
 * | 4 | sequence: counts access units, wraps |
 * | 8 | capture time, microseconds since 1970-01-01 00:00 UTC |
 * | 4 | byte length of what follows: the sum, over the NAL units behind this one in the same access unit, of 4 (a start code) and their own length; access unit delimiters and filler data do not count |
 * | 4 | CRC-32 of those same bytes, each start code being 00 00 00 01, as Ethernet and zlib compute it |
 * | 1 | 0x80, the stop bit |
 *
 * Numbers are unsigned and big-endian. The length makes each access unit's end known where nothing else marks it.
 * Length and checksum make a unit that lost bytes on the way known as such, also where the rest of another picture
 * took their place; both are the same whichever transport the NAL units crossed.
 *
 * @param temporalId `nuh_temporal_id_plus1` of the picture, only for H.265
 * @see ITU-T H.264 7.3.2.3.1 and D.1.7, H.265 7.3.5 and D.2.7; RFC 1952 section 8 for the checksum
 */
export function stampNal(codec: NalCodecName, stamp: FrameStamp, temporalId = 1): Buffer {
  const { headerBytes, seiType } = NAL_CODECS[codec];
  const rbsp = Buffer.alloc(headerBytes + 2 + PAYLOAD_BYTES + 1);
  if (codec === "h264") rbsp[0] = seiType;
  else rbsp.writeUInt16BE((seiType << 9) | temporalId, 0);
  let offset = rbsp.writeUInt8(SEI_USER_DATA_UNREGISTERED, headerBytes);
  offset = rbsp.writeUInt8(PAYLOAD_BYTES, offset);
  offset += STAMP_UUID.copy(rbsp, offset);
  offset = rbsp.writeUInt8(VERSION, offset);
  offset = rbsp.writeUInt32BE(stamp.sequence, offset);
  offset = rbsp.writeBigUInt64BE(stamp.capturedAtUs, offset);
  offset = rbsp.writeUInt32BE(stamp.byteLength, offset);
  offset = rbsp.writeUInt32BE(stamp.checksum, offset);
  rbsp[offset] = STOP_BIT;
  return escapeNal(rbsp);
}

/**
 * The stamp that one NAL unit carries; undefined when it is anything else. Never throws.
 *
 * @param nal NAL unit with its header, without start code
 */
export function parseStamp(codec: NalCodecName, nal: Buffer): FrameStamp | undefined {
  const { headerBytes, nalType, seiType } = NAL_CODECS[codec];
  if (nalType(nal) !== seiType) return undefined;
  const message = seiMessages(nal, headerBytes).find(isStamp);
  if (message === undefined) return undefined;
  const fields = message.payload.subarray(STAMP_UUID.length + 1);
  return {
    sequence: fields.readUInt32BE(0),
    capturedAtUs: fields.readBigUInt64BE(4),
    byteLength: fields.readUInt32BE(12),
    checksum: fields.readUInt32BE(16),
  };
}

/** Whether `rest`, the NAL units behind the stamp's without delimiters and filler data, is what the stamp tells. */
export function matchesStamp(stamp: FrameStamp, rest: readonly Buffer[]): boolean {
  return joinedLength(rest) === stamp.byteLength && checksumOf(rest) === stamp.checksum;
}

/**
 * The access unit's data with a stamp directly before its first slice, in a new buffer; its byte length and checksum
 * are worked out here. A stamp that was there before is taken out. Data without a slice, or of a codec that has no
 * SEI, is returned as it is.
 */
export function insertStamp(unit: AccessUnit, stamp: Omit<FrameStamp, "byteLength" | "checksum">): Buffer {
  const { codec } = unit;
  if (!isNalCodec(codec)) return unit.data;
  const nals = splitNalUnits(unit.data).filter((nal) => parseStamp(codec, nal) === undefined);
  const first = nals.findIndex((nal) => isSlice(NAL_CODECS[codec].nalRole(nal) ?? "padding"));
  if (first < 0) return unit.data;
  const rest = nals.slice(first);
  const temporalId = ((rest[0] as Buffer)[1] as number) & 7;
  const told = { ...stamp, byteLength: joinedLength(rest), checksum: checksumOf(rest) };
  const inserted = stampNal(codec, told, temporalId);
  return joinNalUnits([...nals.slice(0, first), inserted, ...rest]);
}

function checksumOf(nals: readonly Buffer[]): number {
  return nals.reduce((checksum, nal) => crc32(nal, crc32(START_CODE, checksum)), 0);
}

function isStamp({ payloadType, payload }: { payloadType: number; payload: Buffer }): boolean {
  return (
    payloadType === SEI_USER_DATA_UNREGISTERED &&
    payload.length === PAYLOAD_BYTES &&
    payload.subarray(0, STAMP_UUID.length).equals(STAMP_UUID) &&
    payload[STAMP_UUID.length] === VERSION
  );
}
