/** The same announcement or chunk as a server writes it whose numbers have 8 bytes. `frameId`: another number. */
export function widenDatagram(datagram: Buffer, frameId?: bigint): Buffer {
  const word = datagram.subarray(0, 5).toString() === "CHUNK" ? 5 : 11;
  const count = word === 5 ? 2 : 3;
  const numbers = Buffer.alloc(8 * count);
  for (let i = 0; i < count; i++) numbers.writeBigUInt64LE(BigInt(datagram.readUInt32LE(word + 4 * i)), 8 * i);
  if (frameId !== undefined) numbers.writeBigUInt64LE(frameId);
  return Buffer.concat([datagram.subarray(0, word), numbers, datagram.subarray(word + 4 * count)]);
}
