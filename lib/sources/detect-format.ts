import { START_CODE_PREFIX } from "../codecs/annexb.js";
import { JPEG_START } from "../codecs/jpeg-splitter.js";

/** How a stream without any other description is packed. */
export type StreamFormat = "raw" | "mjpeg" | "ts" | "rtp";

const TS_PACKET_BYTES = 188;
const TS_SYNC = 0x47;
/** RFC 3550: version 2 in the two highest bits, and types that RTCP uses are no payload types (RFC 5761 4). */
const RTP_VERSION = 2;
/** JPEG and MPEG-TS. @see RFC 3551 table 5 */
const STATIC_VIDEO_TYPES = new Set([26, 33]);

/**
 * How the bytes at the start of a stream, or one datagram, are packed; undefined where they do not tell.
 * MPEG-TS shows by its sync bytes, raw Annex B by its first start code, RTP (datagrams only) by its fixed header, JPEG
 * (streams only: nothing tells that a datagram of one is missing) by its first bytes.
 */
export function detectFormat(bytes: Buffer, transport: "stream" | "datagram"): StreamFormat | undefined {
  if (looksLikeTs(bytes, transport)) return "ts";
  // The head of a TS packet: too little to tell, and its payload may hold start codes.
  if (transport === "stream" && bytes[0] === TS_SYNC && bytes.length < TS_PACKET_BYTES) return undefined;
  if (transport === "datagram" && looksLikeRtp(bytes)) return "rtp";
  if (transport === "stream" && bytes.indexOf(JPEG_START) === 0) return "mjpeg";
  return bytes.includes(START_CODE_PREFIX) ? "raw" : undefined;
}

// Datagrams hold whole packets; a stream may be joined in the middle of one, so that more of them must agree.
function looksLikeTs(bytes: Buffer, transport: "stream" | "datagram"): boolean {
  const lastStart = transport === "stream" && bytes.length >= 4 * TS_PACKET_BYTES ? TS_PACKET_BYTES - 1 : 0;
  for (let start = 0; start <= lastStart; start++) if (hasSyncs(bytes.subarray(start))) return true;
  return false;
}

function hasSyncs(bytes: Buffer): boolean {
  if (bytes.length < TS_PACKET_BYTES) return false;
  for (let offset = 0; offset < Math.min(bytes.length, 3 * TS_PACKET_BYTES); offset += TS_PACKET_BYTES) {
    if (bytes[offset] !== TS_SYNC) return false;
  }
  return true;
}

function looksLikeRtp(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  if (bytes.length < 13 || first >> 6 !== RTP_VERSION) return false;
  const payloadType = second & 0x7f;
  return STATIC_VIDEO_TYPES.has(payloadType) || payloadType >= 96;
}
