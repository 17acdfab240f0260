import type { AccessUnit } from "./codecs/access-unit.js";
import { ParameterSets } from "./codecs/parameter-sets.js";
import type { LagMeter } from "./lag-meter.js";
import type { Counters } from "./receiver-stats.js";
import type { SourceSink } from "./sources/source.js";
import type { Watchdog } from "./watchdog.js";

/** What a {@link UnitIntake} works with. */
export interface UnitIntakeOptions {
  counters: Counters;
  watchdog: Watchdog;
  lag: LagMeter;
  onConnected: (details: { sameClock: boolean; description: string }) => void;
  /** A unit that can be decoded: a keyframe, or one whose predecessors since the last keyframe all came. */
  onUnit: (unit: AccessUnit) => void;
  /** The next unit will be a keyframe. */
  onBroken: () => void;
}

/** Takes what one run of a source delivers, counts it, and lets through what can be decoded. */
export class UnitIntake implements SourceSink {
  #needsKeyframe = true;
  #lastSequence: number | undefined;
  #parameterSets = new ParameterSets();
  readonly #options: UnitIntakeOptions;

  constructor(options: UnitIntakeOptions) {
    this.#options = options;
    options.lag.reset();
  }

  connected(details: { sameClock: boolean; description: string }): void {
    this.#options.watchdog.connected();
    this.#options.onConnected(details);
  }

  bytes(count: number): void {
    this.#options.counters.bytes += count;
    this.#options.watchdog.bytes();
  }

  live(): void {
    this.#options.lag.live();
  }

  discarded(bytes: number): void {
    this.#options.counters.discardedBytes += bytes;
  }

  // Pictures after a lost one refer to it: nothing torn is let through, up to the next keyframe.
  lost(count: number): void {
    this.#options.counters.lost += count;
    this.#awaitKeyframe();
  }

  restarted(): void {
    this.#lastSequence = undefined;
    this.#parameterSets = new ParameterSets();
    this.#options.lag.reset();
    this.#awaitKeyframe();
  }

  #awaitKeyframe(): void {
    if (this.#needsKeyframe) return;
    this.#needsKeyframe = true;
    this.#options.onBroken();
  }

  unit(received: AccessUnit): void {
    const unit = this.#parameterSets.complete(received);
    const { counters, watchdog, lag, onUnit } = this.#options;
    this.#countMissing(unit);
    counters.units++;
    if (unit.keyframe) {
      counters.keyframes++;
      this.#needsKeyframe = false;
    }
    watchdog.unit(!this.#needsKeyframe);
    const mediaTimeMs = unit.stamp ? Number(unit.stamp.capturedAtUs) / 1000 : unit.mediaTimeMs;
    lag.add({ receivedAtMs: unit.receivedAtMs, mediaTimeMs });
    if (this.#needsKeyframe) counters.dropped++;
    else onUnit(unit);
  }

  // Frame stamps count units, so that a gap shows even where the transport cannot tell.
  #countMissing({ stamp }: AccessUnit): void {
    if (!stamp) return;
    const missing = this.#lastSequence === undefined ? 0 : (stamp.sequence - this.#lastSequence - 1) >>> 0;
    this.#lastSequence = stamp.sequence;
    // A sender that starts again counts from zero, which looks like a gap of almost 2^32.
    if (missing > 0 && missing < 2 ** 31) this.lost(missing);
  }
}
