/** One RTP packet, taken apart. @see RFC 3550 section 5.1 */
export interface RtpPacket {
  /** 0..127; what it means is agreed outside of RTP. */
  payloadType: number;
  /** For video: the last packet of an access unit. */
  marker: boolean;
  /** 16 bits, wraps. */
  sequence: number;
  /** 32 bits, wraps; ticks of the payload format's clock. */
  timestamp: number;
  /** The sender's 32-bit identifier of this stream. */
  ssrc: number;
  /** A view into the datagram, without header extension and padding; may be empty. */
  payload: Buffer;
}

/** Bytes of an RTP header without CSRC list and extension. */
export const RTP_HEADER_BYTES = 12;

const VERSION = 2;
const EXTENSION_HEADER_BYTES = 4;

/** The packet that `datagram` holds, or undefined when it is no well-formed RTP packet. */
export function parseRtp(datagram: Buffer): RtpPacket | undefined {
  if (datagram.length < RTP_HEADER_BYTES) return undefined;
  const flags = datagram.readUInt8(0);
  if (flags >> 6 !== VERSION || isRtcp(datagram)) return undefined;
  let start = RTP_HEADER_BYTES + (flags & 0x0f) * 4;
  if ((flags & 0x10) !== 0) {
    if (start + EXTENSION_HEADER_BYTES > datagram.length) return undefined;
    start += EXTENSION_HEADER_BYTES + datagram.readUInt16BE(start + 2) * 4;
  }
  let end = datagram.length;
  if ((flags & 0x20) !== 0) {
    const padding = datagram.readUInt8(end - 1);
    if (padding === 0) return undefined;
    end -= padding;
  }
  if (start > end) return undefined;
  const second = datagram.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(start, end),
  };
}

/** Whether a datagram is RTCP that shares the port with RTP. @see RFC 5761 section 4 */
export function isRtcp(datagram: Buffer): boolean {
  if (datagram.length < 4 || datagram.readUInt8(0) >> 6 !== VERSION) return false;
  const type = datagram.readUInt8(1);
  return type >= 192 && type <= 223;
}

/**
 * How far `to` is ahead of `from` in 16-bit sequence numbers: -32768..32767, negative when it is behind.
 *
 * @see RFC 1982
 */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}
