/** NUT's start codes; the names are those of the specification. */
export const START_CODES = {
  main: 0x4e4d7a561f5f04adn,
  stream: 0x4e5311405bf2f9dbn,
  syncpoint: 0x4e4be4adeeca4569n,
  info: 0x4e49ab68b596ba78n,
} as const;

/** Flags of a frame, by the specification. */
export const FLAGS = {
  key: 1,
  codedPts: 8,
  streamId: 16,
  sizeMsb: 32,
  checksum: 64,
  reserved: 128,
  sideData: 256,
  elision: 1024,
  matchTime: 2048,
  coded: 4096,
  invalid: 8192,
} as const;

export const FILE_MARK = Buffer.from("nut/multimedia container\0", "latin1");

/** An unsigned number (`v`). */
export function unsigned(value: number): Buffer {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(128 + (rest % 128));
  return Buffer.from(bytes);
}

/** A signed number (`s`). */
export function signed(value: number): Buffer {
  return unsigned(value > 0 ? 2 * value - 1 : -2 * value);
}

/** A length and that many bytes (`vb`). */
export function block(bytes: Buffer | string): Buffer {
  const data = Buffer.from(bytes as Buffer);
  return Buffer.concat([unsigned(data.length), data]);
}

/** The checksum, one bit after the other. */
export function checksum(data: Buffer): Buffer {
  let remainder = 0;
  for (const byte of data) {
    for (let bit = 7; bit >= 0; bit--) {
      const carry = (remainder >>> 31) ^ ((byte >> bit) & 1);
      remainder = (remainder << 1) ^ (carry === 1 ? 0x04c11db7 : 0);
    }
  }
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(remainder | 0);
  return bytes;
}

/** A packet that is no frame. */
export function packet(startCode: bigint, ...fields: Buffer[]): Buffer {
  const payload = Buffer.concat(fields);
  const start = Buffer.alloc(8);
  start.writeBigUInt64BE(startCode);
  const header = Buffer.concat([start, unsigned(payload.length + 4)]);
  const headerChecksum = payload.length + 4 > 4096 ? checksum(header) : Buffer.alloc(0);
  return Buffer.concat([header, headerChecksum, payload, checksum(payload)]);
}

/** How a main header is written. Every frame code but `N` and 255 means "read the flags". */
export interface MainHeaderOptions {
  version?: number;
  streams?: number;
  timeBases?: [number, number][];
  elided?: Buffer[];
}

export function mainHeader(options: MainHeaderOptions = {}): Buffer {
  const { version = 3, streams = 1, timeBases = [[1, 1000]], elided = [] } = options;
  const numbers = [version, ...(version > 3 ? [1] : []), streams, 65536, timeBases.length, ...timeBases.flat()];
  // 254 codes in one run (`N` counts itself out): flags, 6 fields (pts 0, size multiplier 1, stream 0, size 0, none
  // reserved, count); then the invalid one.
  const codes = [unsigned(FLAGS.coded), unsigned(6), signed(0), ...[1, 0, 0, 0, 254].map(unsigned)];
  const invalid = [unsigned(FLAGS.invalid), unsigned(6), signed(0), ...[1, 0, 0, 0, 1].map(unsigned)];
  const elisions = [unsigned(elided.length), ...elided.map(block)];
  const end = version > 3 ? [unsigned(0)] : [];
  return packet(START_CODES.main, ...numbers.map(unsigned), ...codes, ...invalid, ...elisions, ...end);
}

/** How a stream header is written. */
export interface StreamHeaderOptions {
  fourcc?: string;
  timeBase?: number;
  timestampBits?: number;
  extradata?: Buffer;
}

export function streamHeader(options: StreamHeaderOptions = {}): Buffer {
  const { fourcc = "MJPG", timeBase = 0, timestampBits = 7, extradata = Buffer.alloc(0) } = options;
  const timing = [timeBase, timestampBits, 1000, 0, 0].map(unsigned);
  const size = [320, 240, 0, 0, 0].map(unsigned);
  return packet(START_CODES.stream, unsigned(0), unsigned(0), block(fourcc), ...timing, block(extradata), ...size);
}

/** A frame that gives all of its fields itself: flags, those of its header, and its data as it is to be written. */
export function frame(flags: number, fields: Buffer[], data: Buffer): Buffer {
  const header = Buffer.concat([Buffer.from([0]), unsigned(flags), ...fields]);
  const sum = flags & FLAGS.checksum ? checksum(header) : Buffer.alloc(0);
  return Buffer.concat([header, sum, data]);
}
