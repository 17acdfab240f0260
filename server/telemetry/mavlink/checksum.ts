const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >> 1) ^ 0x8408 : rest >> 1;
  return rest;
});

/**
 * CRC-16/MCRF4XX of the bytes from `start` to before `end`, and of the byte by which both ends make sure that they mean
 * the same fields.
 * @see https://mavlink.io/en/guide/serialization.html#checksum
 */
export function mavlinkChecksum(bytes: Uint8Array, { start, end, crcExtra }: ChecksumRange): number {
  let crc = 0xffff;
  for (let at = start; at < end; at++) crc = step(crc, bytes[at] as number);
  return step(crc, crcExtra);
}

interface ChecksumRange {
  start: number;
  end: number;
  crcExtra: number;
}

function step(crc: number, byte: number): number {
  return (crc >> 8) ^ (TABLE[(crc ^ byte) & 0xff] as number);
}
