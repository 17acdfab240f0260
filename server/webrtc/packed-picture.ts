import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { PayloadParts } from "../../lib/rtp/payload-parts.js";
import { planPayloads } from "../../lib/rtp/payload-plan.js";
import { rtpTimestamp } from "../rtsp/rtp-picture.js";
import { MAX_RTP_BYTES, PACKET_HEAD_BYTES } from "./packet-head.js";
import type { PeerCodec } from "./peer-codec.js";

const MAX_PAYLOAD_BYTES = MAX_RTP_BYTES - PACKET_HEAD_BYTES;
const MARKER = 0x80;

/** One picture in packets, shared by all viewers: what is the viewer's own is written into their heads as they go. */
export interface PackedPicture {
  keyframe: boolean;
  /** When it is shown, on the stream's own time line. */
  displayMs: number;
  /** Monotonic. */
  receivedAtMs: number;
  /** See {@link writePacketHead}. */
  packets: readonly Buffer[];
  /** Of all packets together. */
  bytes: number;
}

const packed = new WeakMap<AccessUnit, PackedPicture>();

/**
 * The packets of an access unit, made when somebody asks first and kept for as long as the unit itself.
 * @param codec the unit's own
 * @see RFC 6184 (packetization mode 1), RFC 7741
 */
export function packPicture(unit: AccessUnit, codec: PeerCodec): PackedPicture {
  const known = packed.get(unit);
  if (known) return known;
  const { keyframe, receivedAtMs } = unit;
  const displayMs = unit.mediaTimeMs ?? receivedAtMs;
  const plan = planPayloads(codec, unit.data, MAX_PAYLOAD_BYTES);
  const packets = writePackets(plan, rtpTimestamp(displayMs));
  const bytes = packets.reduce((sum, { length }) => sum + length, 0);
  const picture = { keyframe, displayMs, receivedAtMs, packets, bytes };
  packed.set(unit, picture);
  return picture;
}

/** Views of one buffer. */
function writePackets(plan: readonly PayloadParts[], timestamp: number): Buffer[] {
  const lengths = plan.map((parts) => parts.reduce((sum, { length }) => sum + length, PACKET_HEAD_BYTES));
  const bytes = Buffer.alloc(lengths.reduce((sum, length) => sum + length, 0));
  let end = 0;
  return plan.map((parts, index) => {
    const start = end;
    end += lengths[index] as number;
    const packet = bytes.subarray(start, end);
    packet.writeUInt8(index === plan.length - 1 ? MARKER : 0, 1);
    packet.writeUInt32BE(timestamp, 4);
    let at = PACKET_HEAD_BYTES;
    for (const part of parts) at += part.copy(packet, at);
    return packet;
  });
}

/** Bytes of a picture's payloads, as RTCP counts them. */
export function payloadBytes({ packets, bytes }: PackedPicture): number {
  return bytes - packets.length * PACKET_HEAD_BYTES;
}
