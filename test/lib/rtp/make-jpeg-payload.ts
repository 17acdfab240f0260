/** The fields of a payload of RTP/JPEG that tests set; by default a picture of 16x16 pixels in 4:2:0 of quality 50. */
export interface MakeJpegPayloadOptions {
  offset?: number;
  typeSpecific?: number;
  type?: number;
  q?: number;
  /** Blocks of 8 pixels. */
  width?: number;
  height?: number;
  /** The restart header, in hex. */
  restarts?: string;
  /** The quantisation table header and the tables. */
  tables?: Buffer;
  body?: Buffer;
}

/** The bytes of one payload of RTP/JPEG. */
export function makeJpegPayload(options: MakeJpegPayloadOptions = {}): Buffer {
  const { offset = 0, typeSpecific = 0, type = 1, q = 50, width = 2, height = 2 } = options;
  const { restarts = "", tables = Buffer.alloc(0), body = scanOf(1) } = options;
  const main = Buffer.of(typeSpecific, offset >> 16, (offset >> 8) & 0xff, offset & 0xff, type, q, width, height);
  return Buffer.concat([main, Buffer.from(restarts, "hex"), tables, body]);
}

/** The quantisation table header, and so many bytes of tables that are all `value`. */
export function makeTables(value: number, bytes = 128, precision = 0): Buffer {
  const header = Buffer.of(0, precision, bytes >> 8, bytes & 0xff);
  return Buffer.concat([header, Buffer.alloc(bytes, value)]);
}

/** Coded data that is told apart by `tag`; no decoder takes it. */
export function scanOf(tag: number, bytes = 8): Buffer {
  return Buffer.alloc(bytes, tag);
}

/** The segments of a JPEG by their markers, in hex: body of each, the coded data with its end under `scan`. */
export function segmentsOf(jpeg: Buffer): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  const add = (name: string, body: Buffer) => {
    found[name] = [...(found[name] ?? []), body.toString("hex")];
  };
  let at = 2;
  for (let code = 0; code !== 0xda; ) {
    code = jpeg.readUInt8(at + 1);
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    add(code.toString(16), jpeg.subarray(at + 4, end));
    at = end;
  }
  add("scan", jpeg.subarray(at));
  return found;
}
