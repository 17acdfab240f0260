import { epochOfNtp, ntpOfEpoch } from "./ntp-time.js";
import { RTCP_HEADER_BYTES, rtcpPackets } from "./rtcp-compound.js";

/** What a sender says of its stream. @see RFC 3550 section 6.4.1 */
export interface SenderReport {
  ssrc: number;
  /** When it was sent, by the sender's wall clock: milliseconds since 1970, fractional; far before 1970 where it has none. */
  ntpMs: number;
  /** The same instant on the stream's RTP clock; 32 bits. */
  rtpTimestamp: number;
  /** Sent so far; 32 bits, wraps. */
  packets: number;
  /** Bytes of payload sent so far; 32 bits, wraps. */
  octets: number;
}

/** What a receiver says of one stream that it receives. @see RFC 3550 section 6.4.1 */
export interface ReportBlock {
  /** The stream that it is about. */
  ssrc: number;
  /** Of the packets since the last report, 0..1; on the wire in steps of 1/256, rounded down, 255/256 at most. */
  fractionLost: number;
  /** Packets lost so far, negative where there were more duplicates; 24 bits on the wire, clamped. */
  cumulativeLost: number;
  /** The highest sequence number received, and above its 16 bits how often it wrapped. */
  highestSequence: number;
  /** RTP ticks; whole ones on the wire. */
  jitter: number;
  /** The middle 32 bits of the last sender report's NTP time, 0 if none came. */
  lastSenderReport: number;
  /** Units of 1/65536 s; 0 if no sender report came. */
  delaySinceLastSenderReport: number;
}

/** One packet of RTCP, of the kinds that matter here. */
export type RtcpPacket =
  | { kind: "sender-report"; report: SenderReport; blocks: ReportBlock[] }
  | { kind: "receiver-report"; ssrc: number; blocks: ReportBlock[] }
  | { kind: "bye"; ssrcs: number[] };

const VERSION = 2;
const TYPE = { senderReport: 200, receiverReport: 201, description: 202, bye: 203 } as const;
const WORD_BYTES = 4;
const SENDER_REPORT_BYTES = 28;
const RECEIVER_REPORT_BYTES = 8;
const BLOCK_BYTES = 24;
const MOST_BLOCKS = 31;
const CNAME_ITEM = 1;
const LONGEST_CNAME_BYTES = 255;
const LARGEST_WORD = 0xffff_ffff;

/**
 * The packets of a compound one. Leaves out those of other types (SDES, APP, feedback, XR); what is malformed ends it,
 * without an error. Reduced-size packets, which begin with any type, are taken too.
 *
 * @see RFC 3550 section 6.1, RFC 5506
 */
export function parseRtcp(datagram: Buffer): RtcpPacket[] {
  const packets: RtcpPacket[] = [];
  for (const body of rtcpPackets(datagram)) {
    const packet = parsePacket(body);
    if (packet === "malformed") break;
    if (packet) packets.push(packet);
  }
  return packets;
}

function parsePacket(packet: Buffer): RtcpPacket | "malformed" | undefined {
  const count = packet.readUInt8(0) & 0x1f;
  switch (packet.readUInt8(1)) {
    case TYPE.senderReport: {
      if (packet.length < SENDER_REPORT_BYTES + count * BLOCK_BYTES) return "malformed";
      return {
        kind: "sender-report",
        report: parseSenderReport(packet),
        blocks: parseBlocks(packet, SENDER_REPORT_BYTES),
      };
    }
    case TYPE.receiverReport: {
      if (packet.length < RECEIVER_REPORT_BYTES + count * BLOCK_BYTES) return "malformed";
      const blocks = parseBlocks(packet, RECEIVER_REPORT_BYTES);
      return { kind: "receiver-report", ssrc: packet.readUInt32BE(4), blocks };
    }
    case TYPE.bye: {
      if (packet.length < RTCP_HEADER_BYTES + count * WORD_BYTES) return "malformed";
      const ssrcs = Array.from({ length: count }, (_, index) =>
        packet.readUInt32BE(RTCP_HEADER_BYTES + index * WORD_BYTES),
      );
      return { kind: "bye", ssrcs };
    }
    default:
      return undefined;
  }
}

function parseSenderReport(packet: Buffer): SenderReport {
  return {
    ssrc: packet.readUInt32BE(4),
    ntpMs: epochOfNtp({ seconds: packet.readUInt32BE(8), fraction: packet.readUInt32BE(12) }),
    rtpTimestamp: packet.readUInt32BE(16),
    packets: packet.readUInt32BE(20),
    octets: packet.readUInt32BE(24),
  };
}

function parseBlocks(packet: Buffer, start: number): ReportBlock[] {
  return Array.from({ length: packet.readUInt8(0) & 0x1f }, (_, index) => {
    const offset = start + index * BLOCK_BYTES;
    return {
      ssrc: packet.readUInt32BE(offset),
      fractionLost: packet.readUInt8(offset + 4) / 256,
      cumulativeLost: packet.readIntBE(offset + 5, 3),
      highestSequence: packet.readUInt32BE(offset + 8),
      jitter: packet.readUInt32BE(offset + 12),
      lastSenderReport: packet.readUInt32BE(offset + 16),
      delaySinceLastSenderReport: packet.readUInt32BE(offset + 20),
    };
  });
}

/**
 * A sender report, and the sender's name, a compound packet as the standard wants it. Counters wrap; of `cname`,
 * 255 bytes count.
 *
 * @see RFC 3550 sections 6.4.1, 6.5
 */
export function writeSenderReport(report: SenderReport, cname: string): Buffer {
  const { ssrc, ntpMs, rtpTimestamp, packets, octets } = report;
  const { seconds, fraction } = ntpOfEpoch(ntpMs);
  const words = [ssrc, seconds, fraction, rtpTimestamp, packets, octets];
  return Buffer.concat([writePacket(TYPE.senderReport, 0, writeWords(words)), writeName(ssrc, cname)]);
}

/**
 * A receiver report of `ssrc`, which need not send anything itself, and its name. Of `blocks` the first 31 go in, which
 * may be none: an empty report keeps a connection alive.
 *
 * @see RFC 3550 sections 6.4.2, 6.5
 */
export function writeReceiverReport(ssrc: number, blocks: readonly ReportBlock[], cname: string): Buffer {
  const written = blocks.slice(0, MOST_BLOCKS).map(writeBlock);
  const body = Buffer.concat([writeWords([ssrc]), ...written]);
  return Buffer.concat([writePacket(TYPE.receiverReport, written.length, body), writeName(ssrc, cname)]);
}

/**
 * Tells that `ssrc` has left, behind the empty report that has to begin every compound packet.
 *
 * @see RFC 3550 section 6.6
 */
export function writeBye(ssrc: number, cname: string): Buffer {
  return Buffer.concat([writeReceiverReport(ssrc, [], cname), writePacket(TYPE.bye, 1, writeWords([ssrc]))]);
}

function writeName(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname).subarray(0, LONGEST_CNAME_BYTES);
  const item = Buffer.concat([Buffer.of(CNAME_ITEM, name.length), name]);
  // At least one zero ends the list of items, and as many as fill its last word.
  const list = Buffer.alloc((Math.floor(item.length / WORD_BYTES) + 1) * WORD_BYTES);
  item.copy(list);
  return writePacket(TYPE.description, 1, Buffer.concat([writeWords([ssrc]), list]));
}

function writeBlock(block: ReportBlock): Buffer {
  const fraction = clamp(Math.floor(block.fractionLost * 256), 0, 0xff);
  const lost = clamp(block.cumulativeLost, -0x80_0000, 0x7f_ffff) & 0xff_ffff;
  const { ssrc, highestSequence, jitter, lastSenderReport, delaySinceLastSenderReport } = block;
  const loss = fraction * 0x100_0000 + lost;
  const ticks = clamp(Math.floor(jitter), 0, LARGEST_WORD);
  const delay = clamp(Math.floor(delaySinceLastSenderReport), 0, LARGEST_WORD);
  return writeWords([ssrc, loss, highestSequence, ticks, lastSenderReport, delay]);
}

function writePacket(type: number, count: number, body: Buffer): Buffer {
  const header = Buffer.of((VERSION << 6) | count, type, 0, 0);
  header.writeUInt16BE(body.length / WORD_BYTES, 2);
  return Buffer.concat([header, body]);
}

function writeWords(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * WORD_BYTES);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, index * WORD_BYTES);
  return bytes;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
