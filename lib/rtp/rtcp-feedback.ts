import { RTCP_HEADER_BYTES, rtcpPackets } from "./rtcp-compound.js";

/** What a receiver asks of the sender of one stream. */
export type RtcpFeedback =
  /** To be sent these packets again. */
  | { kind: "nack"; ssrc: number; sequences: number[] }
  /** To be sent a picture that needs no other. */
  | { kind: "keyframe-request"; ssrc: number };

const TYPE = { transport: 205, payload: 206 } as const;
const NACK = 1;
const PICTURE_LOSS = 1;
const FULL_INTRA_REQUEST = 4;
const SSRCS_BYTES = 8;
const NACK_BYTES = 4;
const REQUEST_BYTES = 8;
const FOLLOWING = 16;
/** More than that, a sender does not keep. */
const MOST_SEQUENCES = 1_024;

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
