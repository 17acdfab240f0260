import { sequenceDistance } from "./packet.js";
import { writeReceiverReport } from "./rtcp.js";
import { RTCP_HEADER_BYTES, rtcpPackets } from "./rtcp-compound.js";

/** What a receiver asks of the sender of one stream. */
export type RtcpFeedback =
  /** To be sent these packets again. */
  | { kind: "nack"; ssrc: number; sequences: number[] }
  /** To be sent a picture that needs no other. */
  | { kind: "keyframe-request"; ssrc: number };

/** What can be asked of a sender. */
export type RtcpRequest =
  | RtcpFeedback
  /** To send no more than so much; some encoders that do not know the others begin anew with it, at a keyframe. */
  | { kind: "bandwidth-estimate"; ssrc: number; bitsPerSecond: number };

const VERSION = 0x80;
const TYPE = { transport: 205, payload: 206 } as const;
const NACK = 1;
const PICTURE_LOSS = 1;
const FULL_INTRA_REQUEST = 4;
const APPLICATION_LAYER = 15;
const SSRCS_BYTES = 8;
const NACK_BYTES = 4;
const WORD_BYTES = 4;
const REQUEST_BYTES = 8;
const FOLLOWING = 16;
/** More than that, a sender does not keep. */
const MOST_SEQUENCES = 1_024;
/** With more, a packet would not pass every network in one piece. */
const MOST_ENTRIES = 256;
const MANTISSA_BITS = 18;

/**
 * The requests in a compound packet of RTCP: NACK, of whose packets the first 1024 count, PLI and FIR. Leaves out
 * everything else; what is malformed ends it, without an error.
 *
 * @see RFC 4585 sections 6.2.1, 6.3.1, RFC 5104 section 4.3.1
 */
export function parseRtcpFeedback(datagram: Buffer): RtcpFeedback[] {
  return [...rtcpPackets(datagram)].flatMap((packet) => {
    const type = packet.readUInt8(1);
    if (packet.length < RTCP_HEADER_BYTES + SSRCS_BYTES || (type !== TYPE.transport && type !== TYPE.payload))
      return [];
    const format = packet.readUInt8(0) & 0x1f;
    const ssrc = packet.readUInt32BE(8);
    const body = packet.subarray(RTCP_HEADER_BYTES + SSRCS_BYTES);
    if (type === TYPE.transport) return format === NACK ? [{ kind: "nack", ssrc, sequences: readNack(body) }] : [];
    if (format === PICTURE_LOSS) return [{ kind: "keyframe-request", ssrc }];
    return format === FULL_INTRA_REQUEST ? readRequests(body) : [];
  });
}

/** Each entry is a sequence number and a bit for each of the 16 that follow. */
function readNack(body: Buffer): number[] {
  const sequences: number[] = [];
  for (let at = 0; at + NACK_BYTES <= body.length; at += NACK_BYTES) {
    const first = body.readUInt16BE(at);
    const following = body.readUInt16BE(at + 2);
    sequences.push(first);
    for (let bit = 0; bit < FOLLOWING; bit += 1) {
      if ((following & (1 << bit)) !== 0) sequences.push((first + bit + 1) & 0xffff);
    }
    if (sequences.length > MOST_SEQUENCES) break;
  }
  return sequences.slice(0, MOST_SEQUENCES);
}

/** Those of a FIR name their streams here, not in the header. */
function readRequests(body: Buffer): RtcpFeedback[] {
  const count = Math.floor(body.length / REQUEST_BYTES);
  return Array.from({ length: count }, (_, index) => {
    return { kind: "keyframe-request", ssrc: body.readUInt32BE(index * REQUEST_BYTES) };
  });
}

/**
 * A request, as a compound packet that begins with an empty report of `from.ssrc`, as the standard wants it. Sequence
 * numbers come in order; those beyond 256 entries of 17 are left out, which is for who asks again anyway.
 *
 * @see RFC 4585 sections 3.1, 6.2.1, 6.3.1, draft-alvestrand-rmcat-remb-03 section 2.2
 */
export function writeRtcpFeedback(request: RtcpRequest, from: { ssrc: number; cname: string }): Buffer {
  return Buffer.concat([writeReceiverReport(from.ssrc, [], from.cname), writeRequest(request, from.ssrc)]);
}

function writeRequest(request: RtcpRequest, from: number): Buffer {
  switch (request.kind) {
    case "nack":
      return writePacket(TYPE.transport, NACK, [from, request.ssrc, ...nackEntries(request.sequences)]);
    case "keyframe-request":
      return writePacket(TYPE.payload, PICTURE_LOSS, [from, request.ssrc]);
    case "bandwidth-estimate": {
      const estimate = [Buffer.from("REMB").readUInt32BE(), estimateWord(request.bitsPerSecond), request.ssrc];
      return writePacket(TYPE.payload, APPLICATION_LAYER, [from, 0, ...estimate]);
    }
  }
}

function nackEntries(sequences: readonly number[]): number[] {
  const entries: { first: number; following: number }[] = [];
  for (const sequence of sequences) {
    const last = entries.at(-1);
    const bit = last ? sequenceDistance(last.first, sequence) - 1 : FOLLOWING;
    if (last && bit >= 0 && bit < FOLLOWING) last.following |= 1 << bit;
    else entries.push({ first: sequence, following: 0 });
  }
  return entries.slice(0, MOST_ENTRIES).map(({ first, following }) => first * 0x1_0000 + following);
}

/** How many streams it is for, one; then the estimate as 6 bits of exponent and 18 of mantissa. */
function estimateWord(bitsPerSecond: number): number {
  const exponent = Math.max(0, Math.floor(Math.log2(Math.max(1, bitsPerSecond))) + 1 - MANTISSA_BITS);
  return 0x100_0000 + exponent * 2 ** MANTISSA_BITS + Math.floor(bitsPerSecond / 2 ** exponent);
}

function writePacket(type: number, format: number, words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(RTCP_HEADER_BYTES + words.length * WORD_BYTES);
  bytes.writeUInt8(VERSION | format);
  bytes.writeUInt8(type, 1);
  bytes.writeUInt16BE(words.length, 2);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word, RTCP_HEADER_BYTES + index * WORD_BYTES);
  return bytes;
}
