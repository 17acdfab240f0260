import type { Clock } from "./clock.js";
import type { StreamParameters } from "./codecs/stream-parameters.js";
import type { DecodedPicture } from "./ffmpeg/decoder-process.js";
import { type FrameDetails, type PixelFormat, SharedPicture } from "./frame.js";
import type { Counters } from "./receiver-stats.js";
import type { ClockEstimate } from "./telemetry/clock-offset.js";
import type { FrameTelemetry } from "./telemetry/frame-telemetry.js";

/** A picture is not shown when the stream has gone on by more than this meanwhile. */
const STALE_MS = 80;
const ASSUMED_FPS = 30;
const SAME_CLOCK = { offsetMs: 0, uncertaintyMs: 0 };

/** What a {@link FrameOutlet} works with. */
export interface FrameOutletOptions {
  clock: Clock;
  counters: Counters;
  pixelFormat: PixelFormat;
  telemetry: FrameTelemetry | undefined;
  onFrame: (picture: SharedPicture) => void;
}

/** Makes frames of pictures, and leaves out those that are old when they come. */
export class FrameOutlet {
  /** Whether the sender's clock is this machine's, so that latencies can be told without telemetry. */
  sameClock = false;
  #sequence = 0;
  readonly #startedAtMs: number;
  readonly #options: FrameOutletOptions;

  constructor(options: FrameOutletOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.now();
  }

  /** How far the sender's clock is from ours; undefined where that is not known. */
  get senderClock(): ClockEstimate | undefined {
    return this.sameClock ? SAME_CLOCK : this.#options.telemetry?.clockOffset;
  }

  /** A picture came. `behind`: how many newer ones are already on their way through the decoder. */
  picture(picture: DecodedPicture, behind: number, parameters: StreamParameters | undefined): void {
    const { counters, clock, onFrame } = this.#options;
    // Newer ones are here when the consumer was busy or the network delivered a burst. The very first always counts.
    const stale = behind > (STALE_MS * (parameters?.fps ?? ASSUMED_FPS)) / 1000;
    if (stale && counters.frames > 0) {
      counters.dropped++;
      picture.pool.give(picture.data);
      return;
    }
    const frame = this.#frame(picture, this.#sequence++);
    counters.firstFrameMs ??= clock.now() - this.#startedAtMs;
    counters.frame(frame.details);
    onFrame(frame);
  }

  #frame({ unit, data, width, height, pool, decodedAtMs }: DecodedPicture, sequence: number): SharedPicture {
    const { receivedAtMs, stamp, capturedAtMs } = unit;
    const { pixelFormat } = this.#options;
    const capturedAt = stamp ? Number(stamp.capturedAtUs) / 1000 : capturedAtMs;
    const details = {
      ...{ width, height, pixelFormat, sequence, receivedAtMs, decodedAtMs },
      ...(capturedAt !== undefined && { capturedAt, ...this.#latency(capturedAt), ...this.#telemetry(capturedAt) }),
    };
    return new SharedPicture(details, data, (buffer) => pool.give(buffer));
  }

  #latency(capturedAt: number): Pick<FrameDetails, "latencyMs" | "latencyUncertaintyMs"> {
    const estimate = this.senderClock;
    if (!estimate) return {};
    const { offsetMs, uncertaintyMs } = estimate;
    const latencyMs = this.#options.clock.wallNow() - (capturedAt - offsetMs);
    // No picture comes before it was taken: this one's time is by another clock than that of the telemetry.
    if (!this.sameClock && latencyMs < -uncertaintyMs) return {};
    return { latencyMs, latencyUncertaintyMs: uncertaintyMs };
  }

  #telemetry(capturedAt: number): Pick<FrameDetails, "telemetry"> {
    const telemetry = this.#options.telemetry?.at(capturedAt);
    return telemetry ? { telemetry } : {};
  }
}
