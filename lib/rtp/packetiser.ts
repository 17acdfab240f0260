import { randomInt } from "node:crypto";
import type { AccessUnit } from "../codecs/access-unit.js";
import { StreamError } from "../errors.js";
import { LEAST_JPEG_PAYLOAD_BYTES } from "./jpeg-plan.js";
import { RTP_HEADER_BYTES } from "./packet.js";
import type { PayloadParts } from "./payload-parts.js";
import { planPayloads } from "./payload-plan.js";
import { type RtpCodecName, usualPayloadType } from "./rtp-codec.js";

// An Ethernet frame's 1500 bytes less those of IPv6 and UDP.
const DEFAULTS = { maxPacketBytes: 1_452 };
const VERSION_FLAGS = 0x80;
const MARKER = 0x80;

/** How an {@link RtpPacketiser} is made. */
export interface RtpPacketiserOptions {
  codec: RtpCodecName;
  /** 96..127, or a static one; default 96, and 26 for mjpeg. */
  payloadType?: number;
  /** 32 bits; default random. */
  ssrc?: number;
  /** Largest RTP packet, header included; default 1452, at least 285 for mjpeg. */
  maxPacketBytes?: number;
  /** 16 bits; default random. */
  initialSequence?: number;
}

/**
 * Access units of H.264, H.265, JPEG or VP8 to RTP packets.
 *
 * @see RFC 3550 section 5.1, RFC 6184 (packetization mode 1), RFC 7798, RFC 2435, RFC 7741
 */
export class RtpPacketiser {
  readonly #options: RtpPacketiserOptions & typeof DEFAULTS & { payloadType: number };
  readonly #ssrc: number;
  #sequence: number;

  /** @throws StreamError `invalid-option` where `maxPacketBytes` has no room for a packet's headers */
  constructor(options: RtpPacketiserOptions) {
    this.#options = { ...DEFAULTS, payloadType: usualPayloadType(options.codec), ...options };
    const least = RTP_HEADER_BYTES + LEAST_JPEG_PAYLOAD_BYTES;
    if (options.codec === "mjpeg" && this.#options.maxPacketBytes < least) {
      const message = `maxPacketBytes ${options.maxPacketBytes} is too small for mjpeg; at least ${least} is allowed`;
      throw new StreamError("invalid-option", message);
    }
    this.#ssrc = options.ssrc ?? randomInt(2 ** 32);
    this.#sequence = options.initialSequence ?? randomInt(2 ** 16);
  }

  /** The sender's identifier of this stream, for SDP and RTCP. */
  get ssrc(): number {
    return this.#ssrc;
  }

  /** The sequence number of the next packet. */
  get nextSequence(): number {
    return this.#sequence;
  }

  /**
   * The packets of one access unit, in order, the last with the marker bit. They are views of one buffer that nobody
   * else holds.
   *
   * @param timestamp in ticks of the 90 kHz clock; only the lower 32 bits count
   * @throws StreamError `unsupported` for a JPEG that RTP cannot carry, `invalid-data` for one that is not whole
   */
  packets(unit: AccessUnit, timestamp: number): Buffer[] {
    const { codec, maxPacketBytes } = this.#options;
    const plan = planPayloads(codec, unit.data, maxPacketBytes - RTP_HEADER_BYTES);
    const lengths = plan.map((parts) => parts.reduce((sum, part) => sum + part.length, RTP_HEADER_BYTES));
    const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0));
    let end = 0;
    return plan.map((parts, index) => {
      const start = end;
      end += lengths[index] as number;
      const packet = bytes.subarray(start, end);
      this.#write(packet, parts, { timestamp, marker: index === plan.length - 1 });
      return packet;
    });
  }

  #write(packet: Buffer, parts: PayloadParts, { timestamp, marker }: { timestamp: number; marker: boolean }): void {
    packet.writeUInt8(VERSION_FLAGS, 0);
    packet.writeUInt8((marker ? MARKER : 0) | this.#options.payloadType, 1);
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(timestamp >>> 0, 4);
    packet.writeUInt32BE(this.#ssrc, 8);
    let at = RTP_HEADER_BYTES;
    for (const part of parts) {
      packet.set(part, at);
      at += part.length;
    }
    this.#sequence = (this.#sequence + 1) & 0xffff;
  }
}
