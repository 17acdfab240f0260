/** What a chunk carries at most; only a frame's last one carries less. */
export const CHUNK_BYTES = 1_200;
/** A frame that would be larger is no picture. */
export const MAX_FRAME_BYTES: number = 16 * 1024 * 1024;

/** Bytes of each number: 4, or 8 from servers that pack the native long of a 64-bit system. */
export type FieldBytes = 4 | 8;

const FRAME_START = Buffer.from("FRAME_START");
const CHUNK = Buffer.from("CHUNK");

/** How many chunks a frame of that many bytes takes. */
export function chunkCountOf(size: number): number {
  return Math.ceil(size / CHUNK_BYTES);
}

/** The datagrams of one frame, its announcement first. `frameId` is 32 bits, `frame` of 1 byte to 16 MiB. */
export function frameDatagrams(frameId: number, frame: Buffer): Buffer[] {
  const count = chunkCountOf(frame.length);
  const start = Buffer.allocUnsafe(FRAME_START.length + 12);
  FRAME_START.copy(start);
  start.writeUInt32LE(frameId, 11);
  start.writeUInt32LE(frame.length, 15);
  start.writeUInt32LE(count, 19);
  const datagrams = [start];
  for (let index = 0; index < count; index++) {
    const payload = frame.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    const datagram = Buffer.allocUnsafe(CHUNK.length + 8 + payload.length);
    CHUNK.copy(datagram);
    datagram.writeUInt32LE(frameId, 5);
    datagram.writeUInt32LE(index, 9);
    payload.copy(datagram, 13);
    datagrams.push(datagram);
  }
  return datagrams;
}

/** The announcement of a frame. */
export interface FrameStart {
  frameId: number;
  /** Of the whole frame, 1 to 16 MiB. */
  size: number;
  chunkCount: number;
  /** How this server writes its numbers, in chunks as well. */
  fieldBytes: FieldBytes;
}

/** Takes an announcement apart; undefined where it is none, or tells of a frame that cannot be. */
export function parseFrameStart(datagram: Buffer): FrameStart | undefined {
  if (!startsWith(datagram, FRAME_START)) return undefined;
  const fieldBytes = fieldBytesOf(datagram.length - FRAME_START.length, 3);
  if (!fieldBytes) return undefined;
  const [frameId = -1, size = -1, chunkCount = -1] = readFields(datagram, FRAME_START.length, { fieldBytes, count: 3 });
  const isPossible = frameId >= 0 && size > 0 && size <= MAX_FRAME_BYTES && chunkCount === chunkCountOf(size);
  return isPossible ? { frameId, size, chunkCount, fieldBytes } : undefined;
}

/** One chunk of a frame. */
export interface Chunk {
  frameId: number;
  index: number;
  /** 1 to 1200 bytes, a view of the datagram. */
  payload: Buffer;
}

/** Whether it begins as a chunk does. */
export function isChunk(datagram: Buffer): boolean {
  return startsWith(datagram, CHUNK);
}

/** Takes a chunk apart whose numbers have so many bytes; undefined where it is none. */
export function parseChunk(datagram: Buffer, fieldBytes: FieldBytes): Chunk | undefined {
  const headBytes = CHUNK.length + 2 * fieldBytes;
  const length = datagram.length - headBytes;
  if (!isChunk(datagram) || length < 1 || length > CHUNK_BYTES) return undefined;
  const [frameId = -1, index = -1] = readFields(datagram, CHUNK.length, { fieldBytes, count: 2 });
  return frameId < 0 || index < 0 ? undefined : { frameId, index, payload: datagram.subarray(headBytes) };
}

function startsWith(datagram: Buffer, word: Buffer): boolean {
  return datagram.length >= word.length && word.equals(datagram.subarray(0, word.length));
}

function fieldBytesOf(length: number, count: number): FieldBytes | undefined {
  if (length === count * 4) return 4;
  return length === count * 8 ? 8 : undefined;
}

/** Numbers over 2^53, which no frame has, become -1. */
function readFields(
  datagram: Buffer,
  offset: number,
  { fieldBytes, count }: { fieldBytes: FieldBytes; count: number },
): number[] {
  return Array.from({ length: count }, (_, i) => {
    const at = offset + i * fieldBytes;
    if (fieldBytes === 4) return datagram.readUInt32LE(at);
    const value = datagram.readBigUInt64LE(at);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : -1;
  });
}
