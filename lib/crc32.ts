const POLYNOMIAL = 0x04c11db7;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? POLYNOMIAL : 0);
  return remainder;
});

/**
 * CRC-32 with the polynomial 0x04C11DB7, most significant bit first. Over data with its checksum behind it, it is 0.
 *
 * @param start the register before the first byte: 0xffffffff for MPEG-TS sections, 0 for NUT
 * @see ITU-T H.222.0 Annex A
 */
export function crc32(bytes: Buffer, start: 0 | 0xffffffff): number {
  let crc: number = start;
  for (const byte of bytes) crc = (crc << 8) ^ (TABLE[(crc >>> 24) ^ byte] as number);
  return crc >>> 0;
}
