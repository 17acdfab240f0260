/** What a chunk carries at most; only a frame's last one carries less. */
export const CHUNK_BYTES = 1_200;
/** A frame that would be larger is no picture. */
export const MAX_FRAME_BYTES: number = 16 * 1024 * 1024;

/** Bytes of each number: 4, or 8 from servers that pack the native long of a 64-bit system. */
export type FieldBytes = 4 | 8;

const FRAME_START = Buffer.from("FRAME_START");
const CHUNK = Buffer.from("CHUNK");
/** Its first four letters as one number: a large frame has hundreds of chunks. */
const CHUN: number = CHUNK.readUInt32LE(0);
const SHORTEST_CHUNK_BYTES: number = CHUNK.length + 8 + 1;

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

/** Whether it begins as an announcement does. */
export function isFrameStart(datagram: Buffer): boolean {
  return datagram[0] === FRAME_START[0] && datagram.subarray(0, FRAME_START.length).equals(FRAME_START);
}

/** Takes an announcement apart; undefined where it is none, or tells of a frame that cannot be. */
export function parseFrameStart(datagram: Buffer): FrameStart | undefined {
  if (!isFrameStart(datagram)) return undefined;
  const fieldBytes = fieldBytesOf(datagram.length - FRAME_START.length);
  if (!fieldBytes) return undefined;
  const frameId = readField(datagram, FRAME_START.length, fieldBytes);
  const size = readField(datagram, FRAME_START.length + fieldBytes, fieldBytes);
  const chunkCount = readField(datagram, FRAME_START.length + 2 * fieldBytes, fieldBytes);
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

/** Whether it begins as a chunk does, and has room for one byte of a frame. */
export function isChunk(datagram: Buffer): boolean {
  return datagram.length >= SHORTEST_CHUNK_BYTES && datagram.readUInt32LE(0) === CHUN && datagram[4] === CHUNK[4];
}

/** Whose frame a chunk is ({@link isChunk}), in 32 bits: they lie in the same place, whatever the numbers' size. */
export function shortFrameId(chunk: Buffer): number {
  return chunk.readUInt32LE(CHUNK.length);
}

/** Takes a chunk apart whose numbers have so many bytes; undefined where it is none. */
export function parseChunk(datagram: Buffer, fieldBytes: FieldBytes): Chunk | undefined {
  const headBytes = CHUNK.length + 2 * fieldBytes;
  const length = datagram.length - headBytes;
  if (length < 1 || length > CHUNK_BYTES || !isChunk(datagram)) return undefined;
  const frameId = readField(datagram, CHUNK.length, fieldBytes);
  const index = readField(datagram, CHUNK.length + fieldBytes, fieldBytes);
  return frameId < 0 || index < 0 ? undefined : { frameId, index, payload: datagram.subarray(headBytes) };
}

function fieldBytesOf(length: number): FieldBytes | undefined {
  if (length === 3 * 4) return 4;
  return length === 3 * 8 ? 8 : undefined;
}

/** A number over 2^53, which no frame has, becomes -1. */
function readField(datagram: Buffer, at: number, fieldBytes: FieldBytes): number {
  const low = datagram.readUInt32LE(at);
  const high = fieldBytes === 8 ? datagram.readUInt32LE(at + 4) : 0;
  return high < 2 ** 21 ? high * 2 ** 32 + low : -1;
}
