import type { Clock } from "./clock.js";
import type { Codec } from "./codecs/access-unit.js";
import type { FrameDetails } from "./frame.js";
import type { ReceiverState, RestartReason } from "./receiver-state.js";
import { type Percentiles, SampleWindow } from "./sample-window.js";

/** A Receiver's figures, all since it was made unless said otherwise. Milliseconds and bytes. */
export interface ReceiverStats {
  state: ReceiverState;
  codec: Codec | null;
  /** Of the coded picture, before crop, rotate and size. */
  width: number | null;
  height: number | null;
  /** Access units that came whole, and how many of them were keyframes. */
  units: number;
  keyframes: number;
  /** Frames handed out. */
  frames: number;
  /** Frames a second, over the last two seconds. */
  fps: number;
  bytes: number;
  /** Bytes that were no part of a stream. */
  discardedBytes: number;
  /** Pictures that did not arrive whole, or not at all. */
  lost: number;
  /** Pictures that came and were not shown: decoding or the consumer was too slow, or a keyframe had to be awaited. */
  dropped: number;
  /** From an access unit's last byte to its frame; null before the first. Of the last 1000 frames. */
  decodeMs: Percentiles | null;
  /** From capture to frame; null unless the stream carries capture times and the sender's clock is known. */
  latencyMs: Percentiles | null;
  /** How far the newest frame's latency may be wrong either way: 0 where the sender's clock is ours; null if unknown. */
  latencyUncertaintyMs: number | null;
  /** How far the stream is behind its own best now. */
  lagMs: number;
  /** From the Receiver's making to its first frame; null before that. */
  firstFrameMs: number | null;
  restarts: Readonly<Partial<Record<RestartReason, number>>>;
  /** Process id of the decoder. */
  decoderPid: number | null;
}

/** The counters behind {@link ReceiverStats}. */
export class Counters {
  units = 0;
  keyframes = 0;
  frames = 0;
  bytes = 0;
  discardedBytes = 0;
  lost = 0;
  dropped = 0;
  firstFrameMs: number | null = null;
  latencyUncertaintyMs: number | null = null;
  private readonly restarts: Partial<Record<RestartReason, number>> = {};
  private readonly decodeMs = new SampleWindow();
  private readonly latencyMs = new SampleWindow();
  readonly #clock: Clock;
  #frameTimes: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  drop(units: number): void {
    this.dropped += units;
  }

  restart(reason: RestartReason): void {
    this.restarts[reason] = (this.restarts[reason] ?? 0) + 1;
  }

  frame({ receivedAtMs, decodedAtMs, latencyMs, latencyUncertaintyMs }: FrameDetails): void {
    this.frames++;
    this.decodeMs.add(decodedAtMs - receivedAtMs);
    if (latencyMs !== undefined) this.latencyMs.add(latencyMs);
    this.latencyUncertaintyMs = latencyUncertaintyMs ?? null;
    this.#frameTimes.push(this.#clock.now());
    this.#forgetOld();
  }

  /** The part of {@link ReceiverStats} that is counted here. */
  snapshot(): Omit<ReceiverStats, "state" | "codec" | "width" | "height" | "lagMs" | "decoderPid"> {
    const { units, keyframes, frames, bytes, discardedBytes, lost, dropped, firstFrameMs } = this;
    return {
      ...{ units, keyframes, frames, bytes, discardedBytes, lost, dropped, firstFrameMs },
      latencyUncertaintyMs: this.latencyUncertaintyMs,
      fps: this.#fps(),
      restarts: { ...this.restarts },
      decodeMs: this.decodeMs.percentiles(),
      latencyMs: this.latencyMs.percentiles(),
    };
  }

  #fps(): number {
    this.#forgetOld();
    const [first, last] = [this.#frameTimes[0], this.#frameTimes.at(-1)];
    if (first === undefined || last === undefined || last <= first) return 0;
    return Math.round(((this.#frameTimes.length - 1) * 10_000) / (last - first)) / 10;
  }

  #forgetOld(): void {
    const horizon = this.#clock.now() - 2_000;
    while ((this.#frameTimes[0] ?? Number.POSITIVE_INFINITY) < horizon) this.#frameTimes.shift();
  }
}
