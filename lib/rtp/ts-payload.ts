import type { UnitSink } from "../codecs/unit-sink.js";
import { TsDemuxer } from "../mpegts/demuxer.js";
import type { RtpPacket } from "./packet.js";

/** The static payload type of MPEG-TS. @see RFC 3551 table 5 */
export const MP2T_PAYLOAD_TYPE = 33;

/** Reads MPEG-TS out of RTP packets that come in order. @see RFC 2250 section 2 */
export class TsPayload {
  readonly #demuxer: TsDemuxer;

  constructor(options: { sink: UnitSink; maxUnitBytes: number }) {
    this.#demuxer = new TsDemuxer(options);
  }

  get pending(): boolean {
    return this.#demuxer.pending;
  }

  get misfires(): number {
    return this.#demuxer.misfires;
  }

  /** Takes the next packet of the stream, and when it arrived. */
  packet(packet: RtpPacket, arrivedAtMs: number): void {
    this.#demuxer.push(packet.payload, arrivedAtMs);
  }

  /** Packets are missing before the next one. */
  gap(): void {
    this.#demuxer.gap();
  }

  /** No more is coming for now. */
  flush(): void {
    this.#demuxer.flush();
  }
}
