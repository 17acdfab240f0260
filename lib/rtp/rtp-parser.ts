import type { JpegSize } from "../codecs/jpeg.js";
import type { UnitParser } from "../codecs/unit-parser.js";
import type { UnitSink } from "../codecs/unit-sink.js";
import { detectRtpCodec } from "./detect-codec.js";
import { JpegAssembler } from "./jpeg-assembler.js";
import { isRtcp, parseRtp, type RtpPacket } from "./packet.js";
import { ReorderBuffer } from "./reorder-buffer.js";
import { JPEG_PAYLOAD_TYPE, type RtpCodecName } from "./rtp-codec.js";
import { SsrcLock } from "./ssrc-lock.js";
import { MP2T_PAYLOAD_TYPE, TsPayload } from "./ts-payload.js";
import { UnitAssembler } from "./unit-assembler.js";
import { Vp8Assembler } from "./vp8-assembler.js";

const DEFAULTS = { clockRate: 90_000, maxUnitBytes: 8 * 1024 * 1024 };
// Those below have a fixed meaning, none of which is H.264 or H.265. @see RFC 3551 section 6
const FIRST_FREE_PAYLOAD_TYPE = 35;

/** How an {@link RtpParser} is made. */
export interface RtpParserOptions {
  sink: UnitSink;
  /**
   * Default: found by looking at the payload types (MPEG-TS and JPEG have their own) and the payloads; nothing is emitted
   * before that. `mpegts` is a transport stream, whatever it holds; VP8 is never found, only told.
   */
  codec?: RtpCodecName | "mpegts" | undefined;
  /** Agreed on outside of RTP: packets of other types are passed over. Default: found by looking. */
  payloadType?: number | undefined;
  /** Nobody else can send here: another SSRC is the same sender's. See {@link SsrcLock}. Default false. */
  oneSender?: boolean | undefined;
  /** How long packets behind a gap wait for it to be filled, milliseconds, now. Default: always 20. */
  reorderWindowMs?: (() => number) | undefined;
  /** See {@link UnitAssembler}. Default false. */
  parameterSetsKnown?: boolean;
  /** RTP timestamp ticks in a second; default 90000. */
  clockRate?: number;
  /** An access unit of more bytes than this counts as lost; default 8 MiB. */
  maxUnitBytes?: number;
  /** Of JPEG pictures, where SDP tells their size; see {@link JpegAssembler}. */
  size?: JpegSize;
}

/**
 * RTP datagrams to access units: H.264 (RFC 6184), H.265 (RFC 7798), JPEG (RFC 2435), VP8 (RFC 7741) and MPEG-TS
 * (RFC 2250). Follows one sender, puts its packets in order within 20 ms, and never emits an access unit with a hole.
 *
 * @see RFC 3550
 */
export class RtpParser implements UnitParser {
  readonly #options: RtpParserOptions & typeof DEFAULTS;
  readonly #lock: SsrcLock;
  #reorder: ReorderBuffer;
  #payload: UnitAssembler | JpegAssembler | Vp8Assembler | TsPayload | undefined;
  #payloadType: number | undefined;
  #pastMisfires = 0;

  constructor(options: RtpParserOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#reorder = this.#newReorderBuffer();
    const sink = {
      packet: (packet: RtpPacket, arrivedAtMs: number) => this.#reorder.push(packet, arrivedAtMs),
      switched: () => this.#switch(),
      discarded: (bytes: number) => this.#options.sink.discarded(bytes),
    };
    this.#lock = new SsrcLock(sink, options);
  }

  get pending(): boolean {
    return this.#reorder.size > 0 || (this.#payload?.pending ?? false);
  }

  get misfires(): number {
    return this.#pastMisfires + (this.#payload?.misfires ?? 0);
  }

  /** Takes one datagram that arrived at `nowMs` (monotonic). RTCP on the same port is left alone. */
  push(datagram: Buffer, nowMs: number): void {
    const { payloadType: agreed, sink } = this.#options;
    const packet = parseRtp(datagram);
    if (packet && packet.payloadType === (agreed ?? packet.payloadType)) this.#lock.push(packet, nowMs);
    else if (!isRtcp(datagram)) sink.discarded(datagram.length);
  }

  /** Gives up on packets that have been missing for the reorder window; call it at {@link RtpParser.nextDeadlineMs}. */
  flush(nowMs: number): void {
    this.#reorder.expire(nowMs);
    if (this.#reorder.size === 0) this.#payload?.flush();
  }

  /** When a flush is due because packets wait behind a gap: monotonic milliseconds, undefined when none do. */
  nextDeadlineMs(): number | undefined {
    return this.#reorder.nextDeadlineMs();
  }

  #newReorderBuffer(): ReorderBuffer {
    const sink = {
      packet: (packet: RtpPacket, arrivedAtMs: number) => this.#take(packet, arrivedAtMs),
      gap: () => this.#payload?.gap(),
      restart: () => this.#restart(),
    };
    return new ReorderBuffer(sink, { windowMs: this.#options.reorderWindowMs });
  }

  #take(packet: RtpPacket, arrivedAtMs: number): void {
    if (!this.#payload) this.#choosePayload(packet);
    if (packet.payloadType === this.#payloadType) this.#payload?.packet(packet, arrivedAtMs);
    else if (this.#payload || packet.payloadType < FIRST_FREE_PAYLOAD_TYPE) {
      this.#options.sink.discarded(packet.payload.length);
    }
  }

  #choosePayload({ payloadType, payload }: RtpPacket): void {
    const codec = this.#codecOf(payloadType, payload);
    if (codec === "mpegts") this.#payload = new TsPayload(this.#options);
    else if (codec === "mjpeg") this.#payload = new JpegAssembler(this.#options);
    else if (codec === "vp8") this.#payload = new Vp8Assembler(this.#options);
    else if (codec) this.#payload = new UnitAssembler({ ...this.#options, codec });
    if (this.#payload) this.#payloadType = payloadType;
  }

  #codecOf(payloadType: number, payload: Buffer): RtpParserOptions["codec"] {
    const { codec, payloadType: agreed } = this.#options;
    if (codec && agreed !== undefined) return codec;
    if (payloadType === MP2T_PAYLOAD_TYPE) return "mpegts";
    if (payloadType === JPEG_PAYLOAD_TYPE) return "mjpeg";
    return payloadType >= FIRST_FREE_PAYLOAD_TYPE ? (codec ?? detectRtpCodec(payload)) : undefined;
  }

  #switch(): void {
    this.#reorder.expire(Number.POSITIVE_INFINITY);
    this.#reorder = this.#newReorderBuffer();
    this.#restart();
  }

  /** What comes next may be another stream altogether; after the loss its owner waits for a keyframe. */
  #restart(): void {
    if (!this.#payload) return;
    this.#pastMisfires += this.#payload.misfires;
    this.#payload = undefined;
    this.#payloadType = undefined;
    this.#options.sink.lost(1);
  }
}
