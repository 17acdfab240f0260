const TABLE = new Uint32Array(256).map((_zero, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? 0x04c11db7 : 0);
  return remainder;
});

/**
 * The checksum of NUT: CRC-32 with the polynomial 0x04C11DB7, most significant bit first, starting from 0.
 * Over data with its checksum behind it the result is 0.
 */
export function crc32(data: Buffer): number {
  let remainder = 0;
  for (const byte of data) remainder = (remainder << 8) ^ (TABLE[(remainder >>> 24) ^ byte] as number);
  return remainder >>> 0;
}
