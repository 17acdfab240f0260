/** What an IVF file says of its one stream. */
export interface IvfHeaderOptions {
  /** Four characters that name the coding format, such as `H264` or `VP80`. */
  fourcc: string;
  width: number;
  height: number;
}

/** Bytes before the first frame. */
const HEADER_BYTES = 32;
/** Bytes before each frame's data. */
const FRAME_HEADER_BYTES = 12;
/** Ticks of a timestamp in a second: microseconds, so that any source's time survives. */
const TICKS_PER_SECOND = 1_000_000;

/** The header of an IVF stream with timestamps in microseconds, 32 bytes. */
export function ivfHeader({ fourcc, width, height }: IvfHeaderOptions): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("DKIF", 0, "latin1");
  header.writeUInt16LE(0, 4);
  header.writeUInt16LE(HEADER_BYTES, 6);
  header.write(fourcc, 8, 4, "latin1");
  header.writeUInt16LE(width, 12);
  header.writeUInt16LE(height, 14);
  header.writeUInt32LE(TICKS_PER_SECOND, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

/**
 * What stands before each frame of an IVF stream, 12 bytes.
 *
 * @param size length of the frame's data in bytes
 * @param pts presentation time in microseconds, 0 or more
 */
export function ivfFrameHeader(size: number, pts: bigint): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  header.writeUInt32LE(size, 0);
  header.writeBigUInt64LE(pts, 4);
  return header;
}
