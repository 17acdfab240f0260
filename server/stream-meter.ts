import type { AccessUnit } from "../lib/codecs/access-unit.js";
import { type StreamParameters, streamParameters } from "../lib/codecs/stream-parameters.js";

const WINDOW = 64;

/** Counts a stream of access units and knows what it consists of. */
export class StreamMeter {
  units = 0;
  keyframes = 0;
  bytes = 0;
  /** Those of the last keyframe. */
  parameters: StreamParameters | undefined;
  #times: number[] = [];

  /** Takes the stream's next unit. */
  count(unit: AccessUnit): void {
    this.units += 1;
    this.bytes += unit.data.length;
    this.#times.push(unit.receivedAtMs);
    if (this.#times.length > WINDOW) this.#times.shift();
    if (!unit.keyframe) return;
    this.keyframes += 1;
    this.parameters = streamParameters(unit) ?? this.parameters;
  }

  /** The stream stopped: its rate is measured anew when it goes on. */
  pause(): void {
    this.#times = [];
  }

  /** Pictures a second over the last 64; 0 where fewer than two are known. */
  get fps(): number {
    const [first = 0, last = 0] = [this.#times[0], this.#times.at(-1)];
    return last > first ? ((this.#times.length - 1) * 1_000) / (last - first) : 0;
  }
}
