import { RTP_HEADER_BYTES } from "../../lib/rtp/packet.js";
import { interleavedHead } from "../../lib/rtsp/message.js";

const TICKS_PER_MS = 90;
/** Hardly anybody has another channel than 0; who insists on odd ones gets a copy of their own. */
const MAX_REMEMBERED_CHANNELS = 4;
const SEQUENCE_AT = 2;
const TIMESTAMP_AT = 4;

/** What an {@link RtpPicture} is made of. */
export interface RtpPictureParts {
  /** Counts the pictures of one feed, without gaps. */
  index: number;
  keyframe: boolean;
  /** When it is shown, on the monotonic clock. */
  displayMs: number;
  /** At least one. */
  packets: readonly Buffer[];
}

/** The RTP timestamp of a moment on the monotonic clock, on the 90 kHz clock that video has. */
export function rtpTimestamp(timeMs: number): number {
  return Math.round(timeMs * TICKS_PER_MS) >>> 0;
}

/** One picture in RTP packets, shared by everybody who is sent it: nobody writes to it. */
export class RtpPicture {
  readonly index: number;
  readonly keyframe: boolean;
  readonly displayMs: number;
  readonly packets: readonly Buffer[];
  /** Bytes of its packets. */
  readonly bytes: number;
  readonly #interleaved = new Map<number, Buffer>();

  constructor({ index, keyframe, displayMs, packets }: RtpPictureParts) {
    this.index = index;
    this.keyframe = keyframe;
    this.displayMs = displayMs;
    this.packets = packets;
    this.bytes = packets.reduce((sum, { length }) => sum + length, 0);
  }

  /** Of its first packet. */
  get sequence(): number {
    return this.packets[0]?.readUInt16BE(SEQUENCE_AT) ?? 0;
  }

  get timestamp(): number {
    return rtpTimestamp(this.displayMs);
  }

  /** Bytes without the headers of RTP, as RTCP counts them. */
  get octets(): number {
    return this.bytes - this.packets.length * RTP_HEADER_BYTES;
  }

  /** The packets as one channel of an RTSP connection carries them, made once for all who have this channel. */
  interleaved(channel: number): Buffer {
    const known = this.#interleaved.get(channel);
    if (known) return known;
    const bytes = Buffer.concat(this.packets.flatMap((packet) => [interleavedHead(channel, packet.length), packet]));
    if (this.#interleaved.size < MAX_REMEMBERED_CHANNELS) this.#interleaved.set(channel, bytes);
    return bytes;
  }

  /** The same picture, shown at another time: a copy with that time's timestamp and its own sequence numbers. */
  shownAt(displayMs: number): RtpPicture {
    const packets = this.packets.map((packet) => {
      const copy = Buffer.from(packet);
      copy.writeUInt32BE(rtpTimestamp(displayMs), TIMESTAMP_AT);
      return copy;
    });
    return new RtpPicture({ index: this.index, keyframe: this.keyframe, displayMs, packets });
  }
}
