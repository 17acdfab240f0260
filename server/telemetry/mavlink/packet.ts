/** The first byte of a packet says the protocol's version. */
export const MAGIC = { 1: 0xfe, 2: 0xfd } as const;
/** Bytes before the payload. */
export const HEADER_LENGTH = { 1: 6, 2: 10 } as const;
export const CHECKSUM_LENGTH = 2;
export const SIGNATURE_LENGTH = 13;
/** Of MAVLink 2's flags that a receiver must understand, the only one there is: a signature follows the checksum. */
export const SIGNED_FLAG = 0x01;
/** A signed packet with the longest payload. */
export const LONGEST_PACKET = HEADER_LENGTH[2] + 255 + CHECKSUM_LENGTH + SIGNATURE_LENGTH;

/** The beginning of a packet, and where its parts are. */
export interface PacketHeader {
  version: 1 | 2;
  id: number;
  systemId: number;
  componentId: number;
  sequence: number;
  signed: boolean;
  /** Whether a flag says that only a receiver which knows it can read the packet, and we do not. */
  hasUnknownFlags: boolean;
  /** Where the packet begins, its payload, its checksum, and where it ends. */
  start: number;
  payload: number;
  checksum: number;
  end: number;
}

/**
 * Reads the header of the packet that begins at `at` with a magic byte; undefined where it is not all there.
 * @see https://mavlink.io/en/guide/serialization.html#packet_format
 */
export function readHeader(bytes: Buffer, at: number): PacketHeader | undefined {
  const version = bytes[at] === MAGIC[1] ? 1 : 2;
  const payload = at + HEADER_LENGTH[version];
  if (payload > bytes.length) return undefined;
  const checksum = payload + (bytes[at + 1] as number);
  const flags = version === 1 ? 0 : (bytes[at + 2] as number);
  const signed = (flags & SIGNED_FLAG) !== 0;
  const behindFlags = version === 1 ? at + 2 : at + 4;
  return {
    version,
    id: version === 1 ? (bytes[at + 5] as number) : bytes.readUIntLE(at + 7, 3),
    systemId: bytes[behindFlags + 1] as number,
    componentId: bytes[behindFlags + 2] as number,
    sequence: bytes[behindFlags] as number,
    signed,
    hasUnknownFlags: (flags & ~SIGNED_FLAG) !== 0,
    start: at,
    payload,
    checksum,
    end: checksum + CHECKSUM_LENGTH + (signed ? SIGNATURE_LENGTH : 0),
  };
}

/** Where the next packet may begin, from `at` on; the end of the bytes where none may. */
export function nextMagic(bytes: Buffer, at: number): number {
  let index = at;
  while (index < bytes.length && !isMagic(bytes[index])) index++;
  return index;
}

/** Whether a packet may begin with this byte. */
export function isMagic(byte: number | undefined): boolean {
  return byte === MAGIC[1] || byte === MAGIC[2];
}
