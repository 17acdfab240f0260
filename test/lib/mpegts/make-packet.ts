import { crc32 } from "../../../lib/crc32.js";

/** The fields of a transport stream packet that tests set. */
export interface MakePacketOptions {
  pid: number;
  continuity?: number;
  payloadStart?: boolean;
  /** Goes behind an adaptation field that fills the packet up; none at all where it is undefined. */
  payload?: Buffer | undefined;
  transportError?: boolean;
  scrambled?: boolean;
  discontinuity?: boolean;
}

/** A packet of 188 bytes. */
export function makePacket(options: MakePacketOptions): Buffer {
  const { pid, continuity = 0, payload } = options;
  const packet = Buffer.alloc(188, 0xff);
  const payloadAt = 188 - (payload?.length ?? 0);
  if (payloadAt < 4 || (options.discontinuity && payloadAt < 6)) throw new RangeError("payload does not fit");
  packet.writeUInt8(0x47, 0);
  packet.writeUInt16BE((options.transportError ? 0x8000 : 0) | (options.payloadStart ? 0x4000 : 0) | pid, 1);
  const control = (payload ? 0x10 : 0) | (payloadAt > 4 ? 0x20 : 0);
  packet.writeUInt8((options.scrambled ? 0x80 : 0) | control | (continuity & 0x0f), 3);
  if (payloadAt > 4) packet.writeUInt8(payloadAt - 5, 4);
  if (payloadAt > 5) packet.writeUInt8(options.discontinuity ? 0x80 : 0, 5);
  if (payload) packet.set(payload, payloadAt);
  return packet;
}

/** Cuts bytes into the packets of one PID, the first of which begins a PES packet, counted from `continuity` on. */
export function makePackets(pid: number, bytes: Buffer, continuity: number): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 184) {
    const payload = bytes.subarray(at, at + 184);
    packets.push(makePacket({ pid, payload, payloadStart: at === 0, continuity: continuity + packets.length }));
  }
  return packets;
}

/** A PES packet of video; its length is left open unless `sized`. */
export function makePes(payload: Buffer, { pts = 0, sized = false }: { pts?: number; sized?: boolean } = {}): Buffer {
  const header = Buffer.from("000001e000008480050000000000", "hex");
  if (sized) header.writeUInt16BE(8 + payload.length, 4);
  header.writeUInt8(0x21 | (Math.floor(pts / 2 ** 30) << 1), 9);
  header.writeUInt16BE((Math.floor(pts / 2 ** 15) % 2 ** 15) * 2 + 1, 10);
  header.writeUInt16BE((pts % 2 ** 15) * 2 + 1, 12);
  return Buffer.concat([header, payload]);
}

/** A section with its checksum; `body` is what follows `last_section_number`. */
export function makeSection(tableId: number, body: Buffer, { version = 0, current = true } = {}): Buffer {
  const header = Buffer.from([tableId, 0, 0, 0, 1, 0xc0 | (version << 1) | (current ? 1 : 0), 0, 0]);
  header.writeUInt16BE(0xb000 | (5 + body.length + 4), 1);
  const section = Buffer.concat([header, body, Buffer.alloc(4)]);
  section.writeUInt32BE(crc32(section.subarray(0, -4), 0xffffffff), section.length - 4);
  return section;
}

/** The body of a program association table. */
export function patBody(...programs: { program: number; pid: number }[]): Buffer {
  return Buffer.from(
    programs.flatMap(({ program, pid }) => [program >> 8, program & 0xff, 0xe0 | (pid >> 8), pid & 0xff]),
  );
}

/** The body of a program map table; every stream has a descriptor of two bytes, to be skipped. */
export function pmtBody(...streams: { type: number; pid: number }[]): Buffer {
  const descriptor = [0x52, 0x00];
  const entries = streams.flatMap(({ type, pid }) => [type, 0xe0 | (pid >> 8), pid & 0xff, 0xf0, 2, ...descriptor]);
  return Buffer.from([0xe1, 0x00, 0xf0, 2, ...descriptor, ...entries]);
}

/** A packet that holds one whole section. */
export function makeSectionPacket(pid: number, section: Buffer, continuity = 0): Buffer {
  const payload = Buffer.alloc(184, 0xff);
  payload.writeUInt8(0, 0);
  payload.set(section, 1);
  return makePacket({ pid, payload, payloadStart: true, continuity });
}
