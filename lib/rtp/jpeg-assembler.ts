import type { JpegSize } from "../codecs/jpeg.js";
import type { UnitSink } from "../codecs/unit-sink.js";
import { CounterUnroller } from "./counter-unroller.js";
import { JpegCollector } from "./jpeg-collector.js";
import { readJpegPayload } from "./jpeg-payload.js";
import type { RtpPacket } from "./packet.js";

/** How a {@link JpegAssembler} is made. */
export interface JpegAssemblerOptions {
  /** RTP timestamp ticks in a second. */
  clockRate: number;
  /** A bigger picture counts as lost. */
  maxUnitBytes: number;
  sink: UnitSink;
  /**
   * The pictures' size in pixels, where SDP tells it (`a=x-dimensions`, `a=framesize`): packets have no room for more
   * than 2040, and round up to 8. Default: as the packets tell; then those that tell none are lost.
   */
  size?: JpegSize | undefined;
}

/**
 * Makes JPEG pictures of RTP packets that come in order. A picture ends with the marker bit, or where the timestamp
 * changes. One that lacks a byte is never emitted but counted as lost; each packet tells where its bytes belong. Fields
 * of interlaced video come as pictures of half the height.
 *
 * @see RFC 2435
 */
export class JpegAssembler {
  readonly #options: JpegAssemblerOptions;
  readonly #collector: JpegCollector;
  readonly #unroller = new CounterUnroller(32);
  #misfires = 0;
  // The picture that is open, or the last one.
  #open = false;
  #timestamp: number | undefined;
  #lastByteAtMs = 0;
  #silent = false;
  // What is unsure about the next one.
  #joining = true;
  #behindGap = false;
  #markerTrusted = true;

  constructor(options: JpegAssemblerOptions) {
    this.#options = options;
    this.#collector = new JpegCollector({ maxBytes: options.maxUnitBytes, size: options.size });
  }

  /** How often a marker bit proved wrong: more of the same picture came behind it. */
  get misfires(): number {
    return this.#misfires;
  }

  /** Always false: without its marker bit or the next timestamp, nothing tells that a picture is whole. */
  get pending(): boolean {
    return false;
  }

  /** Takes the next packet of the stream, and when it arrived. */
  packet(packet: RtpPacket, arrivedAtMs: number): void {
    if (packet.payload.length === 0) return;
    if (this.#open && packet.timestamp !== this.#timestamp) this.#finish();
    const fragment = readJpegPayload(packet.payload);
    if (!this.#open) {
      this.#begin(packet.timestamp, fragment?.offset === 0);
      this.#lastByteAtMs = arrivedAtMs;
    }
    this.#lastByteAtMs = Math.max(this.#lastByteAtMs, arrivedAtMs);
    this.#collector.add(fragment);
    if (packet.marker && this.#markerTrusted) this.#finish();
  }

  /** Packets are missing before the next one. */
  gap(): void {
    // An open picture is what lost them, be it with what follows.
    if (this.#open) this.#collector.fail();
    else this.#behindGap = true;
  }

  /** Does nothing, see {@link JpegAssembler.pending}. */
  flush(): void {}

  #begin(timestamp: number, whole: boolean): void {
    if (this.#joining) this.#silent = !whole;
    else if (this.#behindGap) {
      // Nothing of a whole one is missing, so the gap swallowed something before it.
      if (whole) this.#options.sink.lost(1);
    } else if (!whole && timestamp === this.#timestamp) {
      this.#misfires++;
      this.#markerTrusted = false;
    }
    this.#open = true;
    this.#timestamp = timestamp;
    this.#joining = false;
    this.#behindGap = false;
  }

  #finish(): void {
    const data = this.#collector.take();
    const silent = this.#silent;
    this.#open = this.#silent = false;
    if (data) {
      this.#options.sink.unit({
        codec: "mjpeg",
        data,
        keyframe: true,
        receivedAtMs: this.#lastByteAtMs,
        mediaTimeMs: (this.#unroller.unroll(this.#timestamp ?? 0) / this.#options.clockRate) * 1_000,
      });
    } else if (!silent) this.#options.sink.lost(1);
  }
}
