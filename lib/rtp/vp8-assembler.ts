import type { UnitSink } from "../codecs/unit-sink.js";
import { CounterUnroller } from "./counter-unroller.js";
import type { RtpPacket } from "./packet.js";
import { readVp8FrameHead } from "./vp8-frame.js";
import { readVp8Payload } from "./vp8-payload.js";

// What a view costs beside its bytes: a flood of tiny pieces must hit the bound too.
const PIECE_OVERHEAD_BYTES = 128;

/** How a {@link Vp8Assembler} is made. */
export interface Vp8AssemblerOptions {
  /** RTP timestamp ticks in a second. */
  clockRate: number;
  /** A bigger frame counts as lost. */
  maxUnitBytes: number;
  sink: UnitSink;
}

/** The frame whose packets come. */
interface OpenFrame {
  timestamp: number;
  bodies: Buffer[];
  /** Of the bodies, with what views cost. */
  bytes: number;
  lastByteAtMs: number;
  /** It has a hole, or is too big. */
  broken: boolean;
  /** Nothing of it needs to be told: it had begun before we came. */
  silent: boolean;
}

/**
 * Makes VP8 frames of RTP packets that come in order. One ends with the marker bit, or where the timestamp changes. One
 * that a gap touches is never emitted but counted as lost; those behind it, which may refer to it, are emitted.
 *
 * @see RFC 7741
 */
export class Vp8Assembler {
  readonly #options: Vp8AssemblerOptions;
  readonly #unroller = new CounterUnroller(32);
  #misfires = 0;
  #frame: OpenFrame | undefined;
  #lastTimestamp: number | undefined;
  // What is unsure about the next frame.
  #joining = true;
  #behindGap = false;
  #markerTrusted = true;

  constructor(options: Vp8AssemblerOptions) {
    this.#options = options;
  }

  /** How often a marker bit proved wrong: more of the same frame came behind it. */
  get misfires(): number {
    return this.#misfires;
  }

  /** Always false: without its marker bit or the next timestamp, nothing tells that a frame is whole. */
  get pending(): boolean {
    return false;
  }

  /** Takes the next packet of the stream, and when it arrived. */
  packet({ payload, timestamp, marker }: RtpPacket, arrivedAtMs: number): void {
    // Senders fill the line with empty packets to measure it.
    if (payload.length === 0) return;
    if (this.#frame && timestamp !== this.#frame.timestamp) this.#finish(this.#frame);
    const fragment = readVp8Payload(payload);
    const begins = fragment?.first === true;
    // A second beginning cannot be told from a hole in front of it.
    const broken = !fragment || begins === (this.#frame !== undefined);
    this.#frame ??= this.#begin(timestamp, begins);
    const frame = this.#frame;
    frame.lastByteAtMs = Math.max(frame.lastByteAtMs, arrivedAtMs);
    if (broken) fail(frame);
    else this.#add(frame, fragment.body);
    if (marker && this.#markerTrusted) this.#finish(frame);
  }

  /** Packets are missing before the next one. */
  gap(): void {
    // An open frame is what lost them, be it with what follows.
    if (this.#frame) fail(this.#frame);
    else this.#behindGap = true;
  }

  /** Does nothing, see {@link Vp8Assembler.pending}. */
  flush(): void {}

  #begin(timestamp: number, whole: boolean): OpenFrame {
    const silent = this.#joining && !whole;
    if (!this.#joining) this.#judge(timestamp, whole);
    this.#joining = this.#behindGap = false;
    this.#lastTimestamp = timestamp;
    return { timestamp, bodies: [], bytes: 0, lastByteAtMs: Number.NEGATIVE_INFINITY, broken: false, silent };
  }

  #judge(timestamp: number, whole: boolean): void {
    if (this.#behindGap) {
      // Nothing of a whole one is missing, so the gap swallowed something before it.
      if (whole) this.#options.sink.lost(1);
    } else if (!whole && timestamp === this.#lastTimestamp) {
      this.#misfires++;
      this.#markerTrusted = false;
    }
  }

  #add(frame: OpenFrame, body: Buffer): void {
    if (frame.broken) return;
    frame.bodies.push(body);
    frame.bytes += body.length + PIECE_OVERHEAD_BYTES;
    if (frame.bytes > this.#options.maxUnitBytes) fail(frame);
  }

  #finish(frame: OpenFrame): void {
    const { sink, clockRate } = this.#options;
    this.#frame = undefined;
    const data = Buffer.concat(frame.bodies);
    const head = frame.broken ? undefined : readVp8FrameHead(data);
    if (head) {
      const mediaTimeMs = (this.#unroller.unroll(frame.timestamp) / clockRate) * 1_000;
      sink.unit({ codec: "vp8", data, keyframe: head.keyframe, receivedAtMs: frame.lastByteAtMs, mediaTimeMs });
    } else if (!frame.silent) sink.lost(1);
  }
}

/** Gives up what is held and remembers that the frame has a hole. */
function fail(frame: OpenFrame): void {
  frame.broken = true;
  frame.bodies = [];
}
