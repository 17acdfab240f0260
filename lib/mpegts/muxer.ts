import type { AccessUnit } from "../codecs/access-unit.js";
import { START_CODE } from "../codecs/annexb.js";
import { NAL_CODECS, type NalCodecName } from "../codecs/nal-codec.js";
import { crc32 } from "../crc32.js";
import { SYNC_BYTE, TS_PACKET_BYTES } from "./packet.js";
import { STREAM_TYPE, TABLE_ID } from "./program-tables.js";

const PAT_PID = 0;
const PMT_PID = 0x1000;
const VIDEO_PID = 0x100;
const PROGRAM = 1;
const TABLES_INTERVAL_MS = 100;
const PTS_TICKS_PER_MS = 90;
const PTS_MODULUS = 2 ** 33;
// The decoder's clock runs this far behind the pictures, which are to be there before they are decoded.
const DECODING_DELAY_TICKS = 20 * PTS_TICKS_PER_MS;

const HEADER_BYTES = 4;
const PES_FIXED_BYTES = 9;
// What PES_packet_length does not count.
const PES_UNCOUNTED_BYTES = 6;
const TIMESTAMP_BYTES = 5;
const PCR_FIELD_BYTES = 8;
const LARGEST_PES_LENGTH = 0xffff;
const RANDOM_ACCESS = 0x40;
const PCR_PRESENT = 0x10;
const NOTHING = Buffer.alloc(0);

/** How a {@link TsMuxer} is made. */
export interface TsMuxerOptions {
  codec: NalCodecName;
}

/**
 * Access units to MPEG-TS: one program of one video stream, one PES packet an access unit. The tables go out before
 * every keyframe and at least every 100 ms, the clock with every access unit.
 *
 * @see ITU-T H.222.0
 */
export class TsMuxer {
  readonly #aud: Buffer;
  readonly #pat: Buffer;
  readonly #pmt: Buffer;
  readonly #continuity = new Map<number, number>();
  #tablesAtMs: number | undefined;

  constructor({ codec }: TsMuxerOptions) {
    this.#aud = Buffer.concat([START_CODE, NAL_CODECS[codec].aud]);
    this.#pat = section(TABLE_ID.PAT, [...word(PROGRAM), ...word(0xe000 | PMT_PID)]);
    this.#pmt = section(TABLE_ID.PMT, [
      ...word(0xe000 | VIDEO_PID),
      ...word(0xf000),
      STREAM_TYPE[codec],
      ...word(0xe000 | VIDEO_PID),
      ...word(0xf000),
    ]);
  }

  /**
   * The packets, each of 188 bytes, of one access unit.
   *
   * @param ptsMs when it is shown, on any time line that does not step; only its difference to others counts
   * @param dtsMs when it is decoded, on the same line: not later, and never running back; left out: when it is shown
   */
  mux(unit: AccessUnit, ptsMs: number, dtsMs = ptsMs): Buffer {
    const [pts, dts] = [Math.round(ptsMs * PTS_TICKS_PER_MS), Math.round(dtsMs * PTS_TICKS_PER_MS)];
    const payloadBytes = this.#aud.length + unit.data.length;
    const pes = Buffer.concat([pesHeader(payloadBytes, pts, dts), this.#aud, unit.data]);
    const tables = this.#tablesAreDue(unit.keyframe, dtsMs) ? this.#tables() : NOTHING;
    const packetCount = Math.ceil((PCR_FIELD_BYTES + pes.length) / (TS_PACKET_BYTES - HEADER_BYTES));
    const bytes = Buffer.allocUnsafe(tables.length + packetCount * TS_PACKET_BYTES);
    bytes.set(tables);
    let field = clockField(dts - DECODING_DELAY_TICKS, unit.keyframe);
    let position = 0;
    for (let at = tables.length; at < bytes.length; at += TS_PACKET_BYTES) {
      const packet = bytes.subarray(at, at + TS_PACKET_BYTES);
      this.#writeHeader(packet, VIDEO_PID, position === 0);
      position += fill(packet, field, pes.subarray(position));
      field = NOTHING;
    }
    return bytes;
  }

  #tablesAreDue(keyframe: boolean, dtsMs: number): boolean {
    // The absolute value, so that a time line that steps back does not silence the tables.
    const due = this.#tablesAtMs === undefined || Math.abs(dtsMs - this.#tablesAtMs) >= TABLES_INTERVAL_MS;
    if (keyframe || due) this.#tablesAtMs = dtsMs;
    return keyframe || due;
  }

  #tables(): Buffer {
    // Sections are filled up with 0xff, behind a pointer that says that they begin at once.
    const packets = Buffer.alloc(2 * TS_PACKET_BYTES, 0xff);
    this.#writeTable(packets.subarray(0, TS_PACKET_BYTES), PAT_PID, this.#pat);
    this.#writeTable(packets.subarray(TS_PACKET_BYTES), PMT_PID, this.#pmt);
    return packets;
  }

  #writeTable(packet: Buffer, pid: number, table: Buffer): void {
    this.#writeHeader(packet, pid, true);
    packet.writeUInt8(0, HEADER_BYTES);
    packet.set(table, HEADER_BYTES + 1);
  }

  #writeHeader(packet: Buffer, pid: number, payloadStart: boolean): void {
    const continuity = this.#continuity.get(pid) ?? 0;
    this.#continuity.set(pid, (continuity + 1) & 0x0f);
    packet.writeUInt8(SYNC_BYTE, 0);
    packet.writeUInt16BE((payloadStart ? 0x4000 : 0) | pid, 1);
    packet.writeUInt8(0x10 | continuity, 3);
  }
}

/** Puts `field` and as much of `payload` as fits into `packet`, stuffing between; returns how much of it that is. */
function fill(packet: Buffer, field: Buffer, payload: Buffer): number {
  const length = Math.min(payload.length, TS_PACKET_BYTES - HEADER_BYTES - field.length);
  const payloadAt = TS_PACKET_BYTES - length;
  if (payloadAt > HEADER_BYTES) {
    packet.writeUInt8(packet.readUInt8(3) | 0x20, 3);
    packet.fill(0xff, HEADER_BYTES, payloadAt);
    packet.writeUInt8(payloadAt - HEADER_BYTES - 1, HEADER_BYTES);
    if (payloadAt > HEADER_BYTES + 1) packet.writeUInt8(0, HEADER_BYTES + 1);
    packet.set(field.subarray(1), HEADER_BYTES + 1);
  }
  packet.set(payload.subarray(0, length), payloadAt);
  return length;
}

/** An adaptation field with the program clock; its length is written by {@link fill}. @see ITU-T H.222.0 2.4.3.4 */
function clockField(ticks: number, keyframe: boolean): Buffer {
  const base = modulo(ticks, PTS_MODULUS);
  const field = Buffer.alloc(PCR_FIELD_BYTES);
  field.writeUInt8((keyframe ? RANDOM_ACCESS : 0) | PCR_PRESENT, 1);
  field.writeUInt32BE(Math.floor(base / 2), 2);
  // The last bit of the base, six reserved bits, and nine bits of 27 MHz that stay 0.
  field.writeUInt16BE(((base % 2) << 15) | 0x7e00, 6);
  return field;
}

/** The time of decoding is written only where it is not that of display. @see ITU-T H.222.0 2.4.3.6 */
function pesHeader(payloadBytes: number, pts: number, dts: number): Buffer {
  const timestamps = pts === dts ? timestamp(0x21, pts) : [...timestamp(0x31, pts), ...timestamp(0x11, dts)];
  const header = Buffer.alloc(PES_FIXED_BYTES + timestamps.length);
  const length = header.length - PES_UNCOUNTED_BYTES + payloadBytes;
  header.writeUInt32BE(0x000001e0, 0);
  header.writeUInt16BE(length > LARGEST_PES_LENGTH ? 0 : length, 4);
  // Data alignment: the access unit begins right behind the header. Then: which timestamps follow.
  header.set([0x84, timestamps.length > TIMESTAMP_BYTES ? 0xc0 : 0x80, timestamps.length], 6);
  header.set(timestamps, PES_FIXED_BYTES);
  return header;
}

/** 33 bits behind a prefix of four, with marker bits between. */
function timestamp(prefix: number, ticks: number): number[] {
  const value = modulo(ticks, PTS_MODULUS);
  const words = [Math.floor(value / 2 ** 15) % 2 ** 15, value % 2 ** 15].flatMap((bits) => word(bits * 2 + 1));
  return [prefix | (Math.floor(value / 2 ** 30) << 1), ...words];
}

/** A section of one program table, version 0, in force now. @see ITU-T H.222.0 2.4.4.3, 2.4.4.8 */
function section(tableId: number, body: readonly number[]): Buffer {
  const length = 5 + body.length + 4;
  const bytes = Buffer.from([tableId, ...word(0xb000 | length), ...word(PROGRAM), 0xc1, 0, 0, ...body, 0, 0, 0, 0]);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4), 0xffffffff), bytes.length - 4);
  return bytes;
}

function word(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}

function modulo(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}
