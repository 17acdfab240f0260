import { StreamError } from "../errors.js";

/** A frame that would be larger is no picture. */
export const MAX_PAYLOAD_BYTES: number = 16 * 1024 * 1024;
/** So many bytes of a stream always show how long its lengths are. */
const TELLING_BYTES = 10;

/** Bytes of the length before each frame: a native `unsigned long`, of 8 bytes on 64-bit Linux and of 4 elsewhere. */
export type LengthBytes = 4 | 8;

/** The length as it goes before a payload of that many bytes: little-endian. */
export function formatLength(length: number, lengthBytes: LengthBytes): Buffer {
  const field = Buffer.alloc(lengthBytes);
  field.writeUInt32LE(length);
  return field;
}

/**
 * The length at the start of `bytes`, which hold it whole.
 * @throws StreamError `invalid-data` where no picture has that length
 */
export function readLength(bytes: Buffer, lengthBytes: LengthBytes): number {
  const length = lengthBytes === 4 ? bytes.readUInt32LE() : bytes.readBigUInt64LE();
  if (length > 0 && length <= MAX_PAYLOAD_BYTES) return Number(length);
  const allowed = `1 to ${MAX_PAYLOAD_BYTES} are allowed`;
  throw new StreamError("invalid-data", `a frame says that it has ${length} bytes; ${allowed}`);
}

/**
 * How long the lengths of a stream are, seen from its first bytes: behind the first one begins a JPEG or a pickle.
 * Undefined where more bytes have to come, 10 at most.
 * @throws StreamError `invalid-data` where neither length fits
 */
export function detectLengthBytes(bytes: Buffer): LengthBytes | undefined {
  if (beginsPayload(bytes, 4)) return 4;
  if (bytes.length < TELLING_BYTES) return undefined;
  if (bytes.readUInt32LE(4) === 0 && beginsPayload(bytes, 8)) return 8;
  const begin = bytes.subarray(0, TELLING_BYTES).toString("hex");
  const wanted = "a little-endian length of 4 or 8 bytes with a JPEG or a pickle of protocol 2 to 5 behind it";
  throw new StreamError("invalid-data", `the stream begins with ${begin}, which is not ${wanted}`);
}

function beginsPayload(bytes: Buffer, at: number): boolean {
  const [first = 0, second = 0] = bytes.subarray(at, at + 2);
  return (first === 0xff && second === 0xd8) || (first === 0x80 && second >= 2 && second <= 5);
}
