import { type JpegType, LUMA_SAMPLING, type QuantisationTables, SMALL_TABLE_BYTES } from "./jpeg-head.js";

/** The numbers in the headers of RTP/JPEG. @see RFC 2435 section 3.1 */
export const JPEG_PAYLOAD = {
  mainHeaderBytes: 8,
  restartHeaderBytes: 4,
  tableHeaderBytes: 4,
  /** Added to the type where the coded data holds restart markers. */
  restartFlag: 64,
  /** Headers tell width and height in blocks of so many pixels. */
  blockPixels: 8,
  /** The lowest Q whose tables come in band. */
  firstTableQ: 128,
  /** The Q whose tables may be others in each picture. */
  changingQ: 255,
} as const;

const { mainHeaderBytes, restartHeaderBytes, tableHeaderBytes, restartFlag, blockPixels, firstTableQ } = JPEG_PAYLOAD;
const LARGE_TABLE_BYTES = SMALL_TABLE_BYTES * 2;

interface InBandTables {
  tables: QuantisationTables | undefined;
  /** How long they and their header are. */
  bytes: number;
}

const NO_TABLES: InBandTables = { tables: undefined, bytes: 0 };

/** One payload of RTP/JPEG, taken apart. Its buffers are views. */
export interface JpegFragment {
  type: JpegType;
  /** 1..99, or 128..255 where the tables come in band. */
  q: number;
  /** Pixels, a multiple of 8; 0 where they are told elsewhere. */
  width: number;
  /** Pixels, a multiple of 8; 0 where they are told elsewhere. */
  height: number;
  /** In MCUs; 0 where there are no restart markers. */
  restartInterval: number;
  /** Those bytes of the headers that are the same in all packets of a picture. */
  constant: Buffer;
  /** Where the body stands in the coded data, in bytes. */
  offset: number;
  /** Only in a picture's first packet, and there only where they come in band and are not those of before. */
  tables: QuantisationTables | undefined;
  body: Buffer;
}

/**
 * Reads one payload; undefined where it is malformed, or of a kind that nobody has defined.
 *
 * @see RFC 2435 section 3.1
 */
export function readJpegPayload(payload: Buffer): JpegFragment | undefined {
  if (payload.length < mainHeaderBytes) return undefined;
  const offset = payload.readUIntBE(1, 3);
  const [typeByte = 0, q = 0, width = 0, height = 0] = payload.subarray(4, mainHeaderBytes);
  const restarts = (typeByte & restartFlag) !== 0;
  const type = typeByte & ~restartFlag;
  const start = mainHeaderBytes + (restarts ? restartHeaderBytes : 0);
  if (!isJpegType(type) || !isQ(q) || payload.length < start) return undefined;
  const hasTables = offset === 0 && q >= firstTableQ;
  const inBand = hasTables ? readTables(payload.subarray(start)) : NO_TABLES;
  if (!inBand) return undefined;
  return {
    type,
    q,
    width: width * blockPixels,
    height: height * blockPixels,
    restartInterval: restarts ? payload.readUInt16BE(mainHeaderBytes) : 0,
    constant: payload.subarray(4, restarts ? mainHeaderBytes + 2 : mainHeaderBytes),
    offset,
    tables: inBand.tables,
    body: payload.subarray(start + inBand.bytes),
  };
}

function isJpegType(type: number): type is JpegType {
  return type in LUMA_SAMPLING;
}

function isQ(q: number): boolean {
  return (q >= 1 && q <= 99) || q >= firstTableQ;
}

/** The quantisation table header and its tables; no tables where its length is 0: they are those of before. */
function readTables(bytes: Buffer): InBandTables | undefined {
  if (bytes.length < tableHeaderBytes) return undefined;
  const precision = bytes.readUInt8(1);
  const end = tableHeaderBytes + bytes.readUInt16BE(2);
  if (end === tableHeaderBytes) return { tables: undefined, bytes: end };
  const lumaBytes = (precision & 1) === 0 ? SMALL_TABLE_BYTES : LARGE_TABLE_BYTES;
  const chromaBytes = (precision & 2) === 0 ? SMALL_TABLE_BYTES : LARGE_TABLE_BYTES;
  const chromaStart = tableHeaderBytes + lumaBytes;
  const luma = bytes.subarray(tableHeaderBytes, chromaStart);
  if (end > bytes.length || chromaStart > end) return undefined;
  // Some senders whose tables are alike send one of them.
  const chroma = chromaStart === end ? luma : bytes.subarray(chromaStart, chromaStart + chromaBytes);
  if (chromaStart !== end && chromaStart + chromaBytes > end) return undefined;
  return { tables: [luma, chroma], bytes: end };
}
