/** Bytes of the header that every packet of RTCP begins with. */
export const RTCP_HEADER_BYTES = 4;

const VERSION = 2;
const WORD_BYTES = 4;
const PADDED = 0x20;

/**
 * The packets of a compound one, each with its header and without padding; what is malformed ends it, without an error.
 * Reduced-size packets, which begin with any type, are taken too.
 *
 * @see RFC 3550 section 6.1, RFC 5506
 */
export function* rtcpPackets(datagram: Buffer): Generator<Buffer> {
  let rest = datagram;
  while (rest.length >= RTCP_HEADER_BYTES && rest.readUInt8(0) >> 6 === VERSION) {
    const length = RTCP_HEADER_BYTES + rest.readUInt16BE(2) * WORD_BYTES;
    const packet = withoutPadding(rest.subarray(0, length));
    if (rest.length < length || !packet) return;
    yield packet;
    rest = rest.subarray(length);
  }
}

function withoutPadding(packet: Buffer): Buffer | undefined {
  if ((packet.readUInt8(0) & PADDED) === 0) return packet;
  const padding = packet.readUInt8(packet.length - 1);
  const end = packet.length - padding;
  return padding > 0 && padding % WORD_BYTES === 0 && end >= RTCP_HEADER_BYTES ? packet.subarray(0, end) : undefined;
}
