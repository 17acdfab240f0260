import { type HuffmanTable, readHuffmanTables, STANDARD_HUFFMAN_TABLES } from "../codecs/jpeg-huffman.js";
import {
  isFrameHeader,
  isRestartMarker,
  JPEG_MARKER,
  JPEG_PREFIX,
  type JpegSegment,
  jpegSegments,
} from "../codecs/jpeg-segments.js";
import { StreamError } from "../errors.js";
import { type JpegHead, type JpegType, LUMA_SAMPLING, SMALL_TABLE_BYTES } from "./jpeg-head.js";
import { JPEG_PAYLOAD } from "./jpeg-payload.js";

const { DHT, DQT, DRI, EOI, SOF0, SOF1, SOF2, SOS } = JPEG_MARKER;
const MOST_PIXELS = 255 * JPEG_PAYLOAD.blockPixels;
const CHROMA_SAMPLING = 0x11;
/** All coefficients at full precision. */
const SEQUENTIAL = Buffer.of(0, 63, 0);

/** A JPEG as RTP carries it. */
export interface JpegScan {
  head: JpegHead;
  /** The coded data, from behind SOS to before EOI; a view. */
  data: Buffer;
}

/** What the segments before the coded data say. */
interface Headers {
  frame: JpegSegment;
  scan: JpegSegment;
  restartInterval: number;
  quantisation: Map<number, Buffer>;
  /** By their selectors. */
  huffman: Map<number, Buffer>;
}

/**
 * Takes a JPEG apart for RTP. What RTP does not carry is left out: comments, EXIF, thumbnails, and what stands behind
 * the picture.
 *
 * @throws StreamError `unsupported` for a JPEG that RTP cannot carry, `invalid-data` for bytes that are no whole JPEG
 * @see RFC 2435 section 4.1
 */
export function readJpegScan(jpeg: Buffer): JpegScan {
  const headers = readHeaders(jpeg);
  const { type, width, height, tables: numbers } = readFrame(headers.frame);
  checkScan(headers);
  const [luma, cb, cr] = numbers.map((number) => headers.quantisation.get(number));
  if (!luma || !cb || !cr) throw broken("a quantisation table is missing");
  if (!cb.equals(cr)) throw unsupported("quantises Cb and Cr by different tables", "the same table for both");
  const { restartInterval, scan } = headers;
  return { head: { type, width, height, restartInterval, tables: [luma, cb] }, data: scanData(jpeg, scan.end) };
}

function readHeaders(jpeg: Buffer): Headers {
  let frame: JpegSegment | undefined;
  let restartInterval = 0;
  const quantisation = new Map<number, Buffer>();
  // Motion JPEG may leave the standard tables out.
  const huffman = new Map(STANDARD_HUFFMAN_TABLES.map(({ selector, codes }) => [selector, codes]));
  for (const segment of jpegSegments(jpeg)) {
    const { code, body } = segment;
    if (isFrameHeader(code)) frame = segment;
    else if (code === DHT) for (const table of readHuffmanTables(body)) huffman.set(table.selector, table.codes);
    else if (code === DQT) readQuantisationTables(body, quantisation);
    else if (code === DRI && body.length >= 2) restartInterval = body.readUInt16BE(0);
    else if (code === SOS && frame) return { frame, scan: segment, restartInterval, quantisation, huffman };
  }
  throw broken("its headers are cut or missing");
}

function readQuantisationTables(body: Buffer, tables: Map<number, Buffer>): void {
  for (let at = 0; at < body.length; ) {
    const selector = body.readUInt8(at);
    const end = at + 1 + (selector >> 4 === 0 ? SMALL_TABLE_BYTES : SMALL_TABLE_BYTES * 2);
    if (end > body.length) throw broken("a quantisation table is cut");
    tables.set(selector & 0x0f, body.subarray(at + 1, end));
    at = end;
  }
}

/** The frame header: the picture's shape, and by which tables its components are quantised. */
function readFrame({ code, body }: JpegSegment): { type: JpegType; width: number; height: number; tables: number[] } {
  if (code === SOF2) throw unsupported("is progressive", "baseline JPEG");
  if (code !== SOF0 && code !== SOF1) throw unsupported(`is coded by process SOF${code - SOF0}`, "baseline JPEG");
  const [precision, count = 0] = [body[0], body[5]];
  if (body.length < 6 + count * 3) throw broken("its frame header is cut");
  if (precision !== 8) throw unsupported(`has ${precision} bits a sample`, "8 bits");
  const components = Array.from({ length: count }, (_, index) => body.subarray(6 + index * 3, 9 + index * 3));
  if (count !== 3) throw unsupported(`has ${count} colour components`, "3 (YCbCr)");
  const factors = components.map((component) => component[1] as number);
  const type = ([0, 1] as const).find((candidate) => LUMA_SAMPLING[candidate] === factors[0]);
  if (type === undefined || factors[1] !== CHROMA_SAMPLING || factors[2] !== CHROMA_SAMPLING) {
    const found = factors.map((factor) => `${factor >> 4}x${factor & 0x0f}`).join(", ");
    throw unsupported(`has the sampling factors ${found}`, "4:2:0 (2x2, 1x1, 1x1) and 4:2:2 (2x1, 1x1, 1x1)");
  }
  const [height, width] = [body.readUInt16BE(1), body.readUInt16BE(3)];
  if (width === 0 || height === 0) throw broken(`its size is ${width}x${height}`);
  if (Math.max(width, height) > MOST_PIXELS) {
    throw unsupported(`has ${width}x${height} pixels`, `at most ${MOST_PIXELS}x${MOST_PIXELS}`);
  }
  return { type, width, height, tables: components.map((component) => component[2] as number) };
}

/** The scan must hold all components, and be coded by the tables that receivers assume. */
function checkScan({ frame, scan, huffman }: Headers): void {
  const { body } = scan;
  const [count = 0] = body;
  if (body.length !== 4 + count * 2) throw broken("its scan header is cut");
  if (count !== 3) throw unsupported("has a scan for each component", "one scan");
  if (!body.subarray(7).equals(SEQUENTIAL)) throw unsupported("is coded in several passes", "one scan");
  for (const index of [0, 1, 2]) {
    const [id, selectors = 0] = body.subarray(1 + index * 2);
    if (id !== frame.body[6 + index * 3]) throw broken("its scan names other components than its frame");
    const [dc, ac] = [huffman.get(selectors >> 4), huffman.get(0x10 | (selectors & 0x0f))];
    if (!dc || !ac) throw broken("a Huffman table is missing");
    const number = Math.min(index, 1);
    if (!dc.equals(standardTable(number)) || !ac.equals(standardTable(0x10 | number))) {
      throw unsupported("has Huffman tables of its own", "the standard ones of T.81 Annex K; ffmpeg: -huffman default");
    }
  }
}

function standardTable(selector: number): Buffer {
  return (STANDARD_HUFFMAN_TABLES.find((table) => table.selector === selector) as HuffmanTable).codes;
}

function scanData(jpeg: Buffer, start: number): Buffer {
  for (let at = jpeg.indexOf(JPEG_PREFIX, start); at >= 0; at = jpeg.indexOf(JPEG_PREFIX, at + 2)) {
    let code = at + 1;
    // Any number of fill bytes may stand before a marker.
    while (jpeg[code] === JPEG_PREFIX) code++;
    const marker = jpeg[code];
    if (marker === EOI && at > start) return jpeg.subarray(start, at);
    if (marker === undefined || marker === EOI) break;
    if (marker !== 0 && !isRestartMarker(marker)) throw unsupported("has several scans", "one scan");
  }
  throw broken("its coded data is cut or missing");
}

function unsupported(what: string, allowed: string): StreamError {
  return new StreamError("unsupported", `RTP cannot carry a JPEG that ${what}; allowed: ${allowed}`);
}

function broken(what: string): StreamError {
  return new StreamError("invalid-data", `no whole JPEG: ${what}`);
}
