import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { pictureProblem } from "../../lib/codecs/picture-bound.js";
import type { StreamError } from "../../lib/errors.js";
import type { SessionSink } from "../gateway/camera-slots.js";
import { StreamMeter } from "../stream-meter.js";

/**
 * Counts what goes through to another sink, which is there soon; what comes before is lost. Pictures that are too large do
 * not go through.
 */
export class MeteredSink implements SessionSink {
  readonly meter = new StreamMeter();
  /** As they came over the network, usable or not. */
  receivedBytes = 0;
  lostUnits = 0;
  readonly #onProblem: (problem: string) => void;
  #target: SessionSink | undefined;

  /** @param onProblem told of pictures that are not let through */
  constructor(onProblem: (problem: string) => void) {
    this.#onProblem = onProblem;
  }

  /** Gives it the other sink. */
  feed(target: SessionSink): void {
    this.#target = target;
  }

  connected(details: { sameClock: boolean; description: string }): void {
    this.#target?.connected(details);
  }

  bytes(count: number): void {
    this.receivedBytes += count;
    this.#target?.bytes(count);
  }

  live(): void {
    this.#target?.live();
  }

  restarted(): void {
    this.#target?.restarted();
  }

  unit(unit: AccessUnit): void {
    this.meter.count(unit);
    const problem = this.meter.parameters && pictureProblem(this.meter.parameters);
    if (problem !== undefined) this.#onProblem(problem);
    else this.#target?.unit(unit);
  }

  lost(count: number): void {
    this.lostUnits += count;
    this.#target?.lost(count);
  }

  discarded(bytes: number): void {
    this.#target?.discarded(bytes);
  }

  ended(error: StreamError): void {
    this.#target?.ended(error);
  }
}
