/** The fields of an RTP packet that tests set; the rest is ordinary. */
export interface MakePacketOptions {
  sequence: number;
  timestamp?: number;
  marker?: boolean;
  ssrc?: number;
  payloadType?: number;
  payload: Buffer;
}

/** The bytes of one RTP packet. */
export function makePacket(options: MakePacketOptions): Buffer {
  const { sequence, timestamp = 0, marker = false, ssrc = 1, payloadType = 96, payload } = options;
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8((marker ? 0x80 : 0) | payloadType, 1);
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(timestamp >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload]);
}

/** H.264 NAL units that are told apart by `tag` and whose beginnings are what they should be. */
export const NALS = {
  delimiter: () => Buffer.of(0x09, 0xf0),
  sps: () => Buffer.of(0x67, 0x42, 0xc0, 0x1e, 0xff),
  pps: () => Buffer.of(0x68, 0xce, 0x3c, 0x80),
  keySlice: (tag: number) => Buffer.of(0x65, 0x88, tag, 0xff),
  slice: (tag: number) => Buffer.of(0x41, 0x9a, tag, 0xff),
  furtherSlice: (tag: number) => Buffer.of(0x41, 0x20, tag, 0xff),
};
