/** A Huffman table as a DHT segment has it. */
export interface HuffmanTable {
  /** Class (0 DC, 1 AC) in the upper half, number in the lower. */
  selector: number;
  /** 16 counts, and the values. */
  codes: Buffer;
}

/**
 * The tables that encoders use which do not make their own: number 0 for luma, number 1 for chroma. Motion JPEG may
 * leave them out.
 *
 * @see ITU-T T.81 K.3
 */
export const STANDARD_HUFFMAN_TABLES: readonly HuffmanTable[] = [
  table(0x00, "00010501010101010100000000000000", "000102030405060708090a0b"),
  table(0x01, "00030101010101010101010000000000", "000102030405060708090a0b"),
  table(
    0x10,
    "0002010303020403050504040000017d",
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a34353637",
    "38393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3",
    "a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
  ),
  table(
    0x11,
    "00020102040403040705040400010277",
    "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a3536",
    "3738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999a",
    "a2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
  ),
];

const COUNTS = 16;

/** The tables in the body of a DHT segment, as views; the last may be cut. */
export function readHuffmanTables(body: Buffer): HuffmanTable[] {
  const tables: HuffmanTable[] = [];
  for (let at = 0; at < body.length; ) {
    const counts = body.subarray(at + 1, at + 1 + COUNTS);
    const end = at + 1 + COUNTS + counts.reduce((sum, count) => sum + count, 0);
    tables.push({ selector: body.readUInt8(at), codes: body.subarray(at + 1, end) });
    at = end;
  }
  return tables;
}

function table(selector: number, ...hex: string[]): HuffmanTable {
  return { selector, codes: Buffer.from(hex.join(""), "hex") };
}
