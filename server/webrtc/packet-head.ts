/** Room that every packet has in front of its payload: the header of RTP, and one header extension. */
export const PACKET_HEAD_BYTES = 20;
/** With what SRTP, UDP and IPv6 add, it passes every network, tunnels too. */
export const MAX_RTP_BYTES = 1_200;

const VERSION = 0x80;
const EXTENDED = 0x10;
const MARKER = 0x80;
const EXTENSION_BYTES = 8;
const ONE_BYTE_PROFILE = 0xbede;
/** Of the element's data, less one. */
const PLAYOUT_DELAY_LENGTH = 2;

/** What of a packet is one viewer's own. */
export interface PacketHead {
  /** As its offer numbers the format. */
  payloadType: number;
  ssrc: number;
  /** Of the extension for the playout delay in its offer, 1 to 14; undefined: there is none. */
  playoutDelayId: number | undefined;
}

/**
 * Writes one viewer's head into a packet that all share, and gives the bytes to be sent: they are right until the next
 * viewer's head is written. Marker and timestamp stand in the packet already. The extension tells a browser to show
 * each picture at once: minimum and maximum of its delay are 0.
 *
 * @see RFC 3550 section 5.1, RFC 8285 section 4.2,
 *   https://webrtc.googlesource.com/src/+/refs/heads/main/docs/native-code/rtp-hdrext/playout-delay
 */
export function writePacketHead(packet: Buffer, sequence: number, head: PacketHead): Buffer {
  const { payloadType, ssrc, playoutDelayId } = head;
  const marker = packet.readUInt8(1) & MARKER;
  if (playoutDelayId === undefined) {
    // The header moves up to the payload, over the room for the extension.
    packet.writeUInt8(VERSION, EXTENSION_BYTES);
    packet.writeUInt8(marker | payloadType, EXTENSION_BYTES + 1);
    packet.writeUInt16BE(sequence, EXTENSION_BYTES + 2);
    packet.writeUInt32BE(packet.readUInt32BE(4), EXTENSION_BYTES + 4);
    packet.writeUInt32BE(ssrc, EXTENSION_BYTES + 8);
    return packet.subarray(EXTENSION_BYTES);
  }
  packet.writeUInt8(VERSION | EXTENDED, 0);
  packet.writeUInt8(marker | payloadType, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(ssrc, 8);
  packet.writeUInt16BE(ONE_BYTE_PROFILE, 12);
  packet.writeUInt16BE(1, 14);
  packet.writeUInt32BE(((playoutDelayId << 4) | PLAYOUT_DELAY_LENGTH) * 0x100_0000, 16);
  return packet;
}
