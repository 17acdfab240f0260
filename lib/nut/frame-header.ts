import { crc32 } from "../crc32.js";
import { StreamError } from "../errors.js";
import { FieldReader } from "./field-reader.js";

/** A fraction of a second that timestamps count. */
export interface TimeBase {
  numerator: number;
  denominator: number;
}

/** What the first byte of a frame stands for, by the main header's table. */
export interface FrameCode {
  flags: number;
  streamId: number;
  /** Added to the last timestamp, where the frame carries none. */
  ptsDelta: number;
  sizeMultiplier: number;
  size: number;
  /** How many numbers nobody knows yet stand in the header. */
  reserved: number;
  /** Which elision header the frame's data goes without. */
  elisionIndex: number;
}

/** What every frame header builds on. */
export interface MainHeader {
  timeBases: TimeBase[];
  /** 256 of them. */
  frameCodes: FrameCode[];
  /** First bytes that frames go without; the first of these is empty. */
  elisionHeaders: Buffer[];
}

/** What stands before a frame's data. */
export interface FrameHeader {
  /** Bytes of the header itself. */
  length: number;
  keyframe: boolean;
  /** The timestamp or its low bits, where the frame carries it. */
  codedPts: number | undefined;
  /** Where it does not: what to add to the last timestamp. */
  ptsDelta: number;
  /** Bytes that follow the header, elided bytes not counted. */
  dataSize: number;
  /** Bytes that the data goes without. */
  elided: Buffer;
  /** Whether side data stands before the coded picture. */
  sideData: boolean;
}

const FLAG = {
  KEY: 1,
  CODED_PTS: 8,
  STREAM_ID: 16,
  SIZE_MSB: 32,
  CHECKSUM: 64,
  RESERVED: 128,
  SIDE_DATA: 256,
  ELISION: 1024,
  MATCH_TIME: 2048,
  CODED: 4096,
  INVALID: 8192,
} as const;

/** A frame never begins with this code. */
export const INVALID_FRAME_CODE: FrameCode = {
  flags: FLAG.INVALID,
  streamId: 0,
  ptsDelta: 0,
  sizeMultiplier: 1,
  size: 0,
  reserved: 0,
  elisionIndex: 0,
};

/** More than a sane frame header takes. */
export const LONGEST_FRAME_HEADER = 256;
const LARGEST_FRAME = 16 * 1024 * 1024;
/** Frames above this size are written whole. */
const LARGEST_ELIDED_FRAME = 4096;

/**
 * The frame header at the start of `bytes`; undefined where it is not here whole.
 *
 * @throws StreamError `invalid-data`, also for frames above 16 MiB
 * @see NUT Open Container Format, "frame"
 */
export function parseFrameHeader(bytes: Buffer, main: MainHeader): FrameHeader | undefined {
  const reader = new FieldReader(bytes);
  const code = main.frameCodes[reader.byte()] as FrameCode;
  const flags = code.flags & FLAG.CODED ? code.flags ^ reader.unsigned() : code.flags;
  if (flags & FLAG.INVALID) fail("NUT frame code that is not in use");
  const streamId = flags & FLAG.STREAM_ID ? reader.unsigned() : code.streamId;
  const codedPts = flags & FLAG.CODED_PTS ? reader.unsigned() : undefined;
  const size = code.size + (flags & FLAG.SIZE_MSB ? reader.unsigned() * code.sizeMultiplier : 0);
  if (flags & FLAG.MATCH_TIME) reader.skipNumber();
  const elisionIndex = flags & FLAG.ELISION ? reader.unsigned() : code.elisionIndex;
  const reserved = flags & FLAG.RESERVED ? reader.unsigned() : code.reserved;
  for (let index = 0; index < reserved && !reader.overrun; index++) reader.skipNumber();
  const checked = reader.position;
  if (flags & FLAG.CHECKSUM) reader.bytes(4);
  if (reader.overrun) {
    if (bytes.length >= LONGEST_FRAME_HEADER) fail(`NUT frame header of more than ${LONGEST_FRAME_HEADER} bytes`);
    return undefined;
  }
  if (reader.position > checked && crc32(bytes.subarray(0, reader.position), 0) !== 0)
    fail("NUT frame checksum is wrong");
  if (streamId !== 0) fail(`NUT frame of stream ${streamId}, allowed: 0`);
  if (size > LARGEST_FRAME) fail(`NUT frame of ${size} bytes, allowed: ${LARGEST_FRAME}`);
  const elided =
    main.elisionHeaders[size > LARGEST_ELIDED_FRAME ? 0 : elisionIndex] ?? fail("NUT frame elides unknown bytes");
  if (elided.length > size) fail(`NUT frame of ${size} bytes elides ${elided.length}`);
  return {
    length: reader.position,
    keyframe: (flags & FLAG.KEY) !== 0,
    codedPts,
    ptsDelta: code.ptsDelta,
    dataSize: size - elided.length,
    elided,
    sideData: (flags & FLAG.SIDE_DATA) !== 0,
  };
}

function fail(message: string): never {
  throw new StreamError("invalid-data", message);
}
