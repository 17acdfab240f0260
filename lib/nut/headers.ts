import { StreamError } from "../errors.js";
import { FieldReader } from "./field-reader.js";
import { type FrameCode, INVALID_FRAME_CODE, type MainHeader } from "./frame-header.js";

/** What a NUT stream header says of a video stream. */
export interface NutStream {
  /** Four characters that name the coding format, as in AVI. */
  fourcc: string;
  /** Pixels; 0 where the writer does not know. */
  width: number;
  height: number;
  /** The codec's own configuration, such as an `avcC` record; often empty. */
  extradata: Buffer;
}

/** A stream header with what the demuxer needs for itself. */
export interface StreamHeader extends NutStream {
  /** Which of the main header's time bases counts this stream's timestamps. */
  timeBase: { numerator: number; denominator: number };
  /** How many low bits of a timestamp a frame carries at least. */
  timestampBits: number;
}

const VIDEO_CLASS = 0;
const OLDEST_VERSION = 3;
const NEWEST_VERSION = 4;
const MOST_TIME_BASES = 16;
const MOST_ELISION_HEADERS = 127;
const MOST_TIMESTAMP_BITS = 16;
/** The byte that begins every other packet, so never a frame. */
const PACKET_MARK = "N".charCodeAt(0);

/** @throws StreamError `invalid-data` @see NUT Open Container Format, "main_header" */
export function parseMainHeader(data: Buffer): MainHeader {
  const reader = new FieldReader(data);
  const version = reader.unsigned();
  if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
    fail(`NUT version ${version}, allowed: ${OLDEST_VERSION} to ${NEWEST_VERSION}`);
  }
  if (version > OLDEST_VERSION) reader.skipNumber();
  const streams = reader.unsigned();
  if (streams !== 1) fail(`NUT with ${streams} streams, allowed: 1`);
  reader.skipNumber();
  const timeBases = parseTimeBases(reader);
  const frameCodes = parseFrameCodes(reader);
  const elisionHeaders = parseElisionHeaders(reader);
  if (reader.overrun) fail("NUT main header ends too early");
  return { timeBases, frameCodes, elisionHeaders };
}

/** @throws StreamError `invalid-data` @see NUT Open Container Format, "stream_header" */
export function parseStreamHeader(data: Buffer, main: MainHeader): StreamHeader {
  const reader = new FieldReader(data);
  const id = reader.unsigned();
  const streamClass = reader.unsigned();
  if (id !== 0 || streamClass !== VIDEO_CLASS) fail(`NUT stream ${id} of class ${streamClass}, allowed: 0 of class 0`);
  const fourcc = reader.block().toString("latin1");
  const timeBase = main.timeBases[reader.unsigned()] ?? fail("NUT stream with an unknown time base");
  const timestampBits = reader.unsigned();
  if (timestampBits > MOST_TIMESTAMP_BITS) fail(`NUT timestamps of ${timestampBits} bits, allowed: 16 at most`);
  reader.skipNumber();
  reader.skipNumber();
  reader.byte();
  const extradata = Buffer.from(reader.block());
  const width = reader.unsigned();
  const height = reader.unsigned();
  if (reader.overrun) fail("NUT stream header ends too early");
  return { fourcc, width, height, extradata, timeBase, timestampBits };
}

function parseTimeBases(reader: FieldReader): MainHeader["timeBases"] {
  const count = reader.unsigned();
  if (count < 1 || count > MOST_TIME_BASES) fail(`NUT with ${count} time bases, allowed: 1 to ${MOST_TIME_BASES}`);
  return Array.from({ length: count }, () => {
    const numerator = reader.unsigned();
    const denominator = reader.unsigned();
    if (numerator < 1 || denominator < 1) fail(`NUT time base ${numerator}/${denominator}, allowed: above 0`);
    return { numerator, denominator };
  });
}

/** The table is written in runs: each gives some fields anew, keeps the others, and says how many codes it covers. */
function parseFrameCodes(reader: FieldReader): FrameCode[] {
  const codes: FrameCode[] = [];
  let [ptsDelta, sizeMultiplier, streamId, elisionIndex] = [0, 1, 0, 0];
  while (codes.length < 256 && !reader.overrun) {
    const flags = reader.unsigned();
    const fields = reader.unsigned();
    if (fields > 0) ptsDelta = reader.signed();
    if (fields > 1) sizeMultiplier = reader.unsigned();
    if (fields > 2) streamId = reader.unsigned();
    const smallestSize = fields > 3 ? reader.unsigned() : 0;
    const reserved = fields > 4 ? reader.unsigned() : 0;
    const count = fields > 5 ? reader.unsigned() : sizeMultiplier - smallestSize;
    if (fields > 6) reader.skipNumber();
    if (fields > 7) elisionIndex = reader.unsigned();
    for (let field = 8; field < fields && !reader.overrun; field++) reader.skipNumber();
    if (count < 1 || count > 256) fail(`NUT frame code run of ${count}, allowed: 1 to 256`);
    for (let step = 0; step < count && codes.length < 256; step++) {
      if (codes.length === PACKET_MARK) codes.push(INVALID_FRAME_CODE);
      const size = smallestSize + step;
      codes.push({ flags, streamId, ptsDelta, sizeMultiplier, size, reserved, elisionIndex });
    }
  }
  return codes;
}

function parseElisionHeaders(reader: FieldReader): Buffer[] {
  const count = reader.unsigned();
  if (count > MOST_ELISION_HEADERS) fail(`NUT with ${count} elision headers, allowed: ${MOST_ELISION_HEADERS}`);
  // Index 0 elides nothing.
  return [Buffer.alloc(0), ...Array.from({ length: count }, () => Buffer.from(reader.block()))];
}

function fail(message: string): never {
  throw new StreamError("invalid-data", message);
}
