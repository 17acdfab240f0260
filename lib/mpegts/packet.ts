/** Length of a transport stream packet. @see ITU-T H.222.0 2.4.3.2 */
export const TS_PACKET_BYTES = 188;

/** What every packet begins with. */
export const SYNC_BYTE = 0x47;

const HEADER_BYTES = 4;
const PCR_BYTES = 6;

/** One transport stream packet, taken apart. @see ITU-T H.222.0 2.4.3 */
export interface TsPacket {
  pid: number;
  /** The sender of the packet, or something on the way, says that it is damaged. */
  transportError: boolean;
  /** A PES packet or a section begins in this packet. */
  payloadStart: boolean;
  scrambled: boolean;
  /** Four bits; counts packets of this PID that carry payload. */
  continuity: number;
  /** `discontinuity_indicator`: the count begins anew here. */
  discontinuity: boolean;
  /** The adaptation field holds bytes that only fill it up. */
  stuffed: boolean;
  /** A view; undefined when the packet carries none. */
  payload: Buffer | undefined;
}

/** The PID of a packet of 188 bytes, for those that skip most of them. */
export function tsPid(packet: Buffer): number {
  return packet.readUInt16BE(1) & 0x1fff;
}

/** Takes a packet of 188 bytes apart; undefined when its adaptation field cannot be. */
export function parseTsPacket(packet: Buffer): TsPacket | undefined {
  const flags = packet.readUInt8(3);
  const control = (flags >> 4) & 3;
  const hasAdaptation = (control & 2) !== 0;
  const hasPayload = (control & 1) !== 0;
  const adaptationLength = hasAdaptation ? packet.readUInt8(HEADER_BYTES) : 0;
  const payloadAt = HEADER_BYTES + (hasAdaptation ? 1 + adaptationLength : 0);
  const limit = hasPayload ? TS_PACKET_BYTES - 1 : TS_PACKET_BYTES;
  if (control === 0 || payloadAt > limit) return undefined;
  return {
    pid: tsPid(packet),
    transportError: (packet.readUInt8(1) & 0x80) !== 0,
    payloadStart: (packet.readUInt8(1) & 0x40) !== 0,
    scrambled: flags >> 6 !== 0,
    continuity: flags & 0x0f,
    discontinuity: adaptationLength > 0 && (packet.readUInt8(HEADER_BYTES + 1) & 0x80) !== 0,
    stuffed: hasAdaptation && isStuffed(packet, adaptationLength),
    payload: hasPayload ? packet.subarray(payloadAt) : undefined,
  };
}

/** Fields of variable length (private data, extension) count as stuffing only when they are absent. */
function isStuffed(packet: Buffer, adaptationLength: number): boolean {
  if (adaptationLength === 0) return true;
  const flags = packet.readUInt8(HEADER_BYTES + 1);
  if ((flags & 0x03) !== 0) return false;
  const clocks = ((flags & 0x10) !== 0 ? PCR_BYTES : 0) + ((flags & 0x08) !== 0 ? PCR_BYTES : 0);
  const splice = (flags & 0x04) !== 0 ? 1 : 0;
  return adaptationLength > 1 + clocks + splice;
}
