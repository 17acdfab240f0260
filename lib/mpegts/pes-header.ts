/** The beginning of a PES packet, taken apart. @see ITU-T H.222.0 2.4.3.6 */
export interface PesHeader {
  /** Bytes of the header itself: where the payload begins. */
  headerBytes: number;
  /** Bytes of payload; undefined when the packet does not say, as only video may. */
  payloadBytes: number | undefined;
  /** Presentation time: 33 bits of a clock of 90 kHz, wraps. */
  pts: number | undefined;
}

const FIXED_BYTES = 9;
const PTS_BYTES = 5;

/** The header at the start of `bytes`: "short" when more bytes are needed, undefined when it is no video header. */
export function parsePesHeader(bytes: Buffer): PesHeader | "short" | undefined {
  if (bytes.length < FIXED_BYTES) return "short";
  const streamId = bytes.readUInt8(3);
  const isVideo = (streamId & 0xf0) === 0xe0 || streamId === 0xfd;
  const flags = bytes.readUInt8(6);
  // The two upper bits are fixed, the next two say that the payload is scrambled.
  if (bytes.readUIntBE(0, 3) !== 1 || !isVideo || flags >> 4 !== 0b1000) return undefined;
  const packetLength = bytes.readUInt16BE(4);
  const headerBytes = FIXED_BYTES + bytes.readUInt8(8);
  const payloadBytes = packetLength === 0 ? undefined : 6 + packetLength - headerBytes;
  const hasPts = (bytes.readUInt8(7) & 0x80) !== 0;
  if (payloadBytes !== undefined && payloadBytes < 0) return undefined;
  if (hasPts && headerBytes < FIXED_BYTES + PTS_BYTES) return undefined;
  if (bytes.length < headerBytes) return "short";
  return { headerBytes, payloadBytes, pts: hasPts ? readTimestamp(bytes, FIXED_BYTES) : undefined };
}

/** 33 bits in five bytes, with marker bits between; undefined when those are wrong. */
function readTimestamp(bytes: Buffer, at: number): number | undefined {
  const first = bytes.readUInt8(at);
  const middle = bytes.readUInt16BE(at + 1);
  const last = bytes.readUInt16BE(at + 3);
  if ((first & middle & last & 1) === 0) return undefined;
  return ((first >> 1) & 7) * 2 ** 30 + (middle >> 1) * 2 ** 15 + (last >> 1);
}
