import { StreamError } from "../errors.js";
import { type JpegHead, SMALL_TABLE_BYTES } from "./jpeg-head.js";
import { JPEG_PAYLOAD } from "./jpeg-payload.js";
import { readJpegScan } from "./jpeg-scan.js";
import type { PayloadParts } from "./payload-parts.js";

const { blockPixels, changingQ, mainHeaderBytes, restartFlag, restartHeaderBytes, tableHeaderBytes } = JPEG_PAYLOAD;
/** Offsets have 24 bits. */
const MOST_BYTES = 2 ** 24;
/** The whole picture is needed: restart markers stand anywhere in the packets. */
const WHOLE_PICTURE = 0xffff;

/** The least that a payload must have room for: the headers of a picture's first packet, and a byte. */
export const LEAST_JPEG_PAYLOAD_BYTES =
  mainHeaderBytes + restartHeaderBytes + tableHeaderBytes + 4 * SMALL_TABLE_BYTES + 1;

/**
 * Lays out a JPEG picture in packets whose payload has `maxBytes` at most. Its quantisation tables go with it, as Q 255
 * has it. Width and height go as multiples of 8, rounded up: receivers show up to 7 more columns and rows of what the
 * encoder filled its last blocks with.
 *
 * @param maxBytes at least {@link LEAST_JPEG_PAYLOAD_BYTES}
 * @throws StreamError `unsupported` for a JPEG that RTP cannot carry, `invalid-data` for bytes that are no whole JPEG
 * @see RFC 2435 section 3.1
 */
export function planJpegPayloads(jpeg: Buffer, maxBytes: number): PayloadParts[] {
  const { head, data } = readJpegScan(jpeg);
  if (data.length > MOST_BYTES) {
    throw new StreamError("unsupported", `RTP cannot carry a JPEG of ${data.length} bytes; allowed: ${MOST_BYTES}`);
  }
  const plan: PayloadParts[] = [];
  for (let offset = 0; offset < data.length; ) {
    const headers = writeHeaders(head, offset);
    const body = data.subarray(offset, offset + maxBytes - headers.length);
    plan.push([headers, body]);
    offset += body.length;
  }
  return plan;
}

function writeHeaders(head: JpegHead, offset: number): Buffer {
  const { type, width, height, restartInterval } = head;
  const main = Buffer.alloc(mainHeaderBytes);
  main.writeUIntBE(offset, 1, 3);
  main.writeUInt8(restartInterval > 0 ? type | restartFlag : type, 4);
  main.writeUInt8(changingQ, 5);
  main.writeUInt8(Math.ceil(width / blockPixels), 6);
  main.writeUInt8(Math.ceil(height / blockPixels), 7);
  const restarts = Buffer.alloc(restartInterval > 0 ? restartHeaderBytes : 0);
  if (restartInterval > 0) restarts.writeUInt32BE(restartInterval * 0x1_0000 + WHOLE_PICTURE);
  return Buffer.concat([main, restarts, ...(offset === 0 ? writeTables(head) : [])]);
}

function writeTables({ tables }: JpegHead): Buffer[] {
  const [luma, chroma] = tables;
  const header = Buffer.alloc(tableHeaderBytes);
  header.writeUInt8((luma.length > SMALL_TABLE_BYTES ? 1 : 0) | (chroma.length > SMALL_TABLE_BYTES ? 2 : 0), 1);
  header.writeUInt16BE(luma.length + chroma.length, 2);
  return [header, luma, chroma];
}
