const SENDER = 0x0102_0304;

function packet(format: number, type: number, ...words: number[]): Buffer {
  const bytes = Buffer.alloc(4 + words.length * 4);
  bytes.writeUInt8(0x80 | format);
  bytes.writeUInt8(type, 1);
  bytes.writeUInt16BE(words.length, 2);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, 4 + index * 4);
  return bytes;
}

/** Asks for packets again, each by an entry of its own. @see RFC 4585 section 6.2.1 */
export function writeNack(ssrc: number, sequences: readonly number[]): Buffer {
  return packet(1, 205, SENDER, ssrc, ...sequences.map((sequence) => sequence * 0x1_0000));
}

/** Picture loss indication. @see RFC 4585 section 6.3.1 */
export function writePictureLoss(ssrc: number): Buffer {
  return packet(1, 206, SENDER, ssrc);
}

/** Full intra request. @see RFC 5104 section 4.3.1 */
export function writeIntraRequest(ssrc: number): Buffer {
  return packet(4, 206, SENDER, 0, ssrc, 0x0700_0000);
}
