import type { Clock } from "../lib/clock.js";
import type { AccessUnit } from "../lib/codecs/access-unit.js";
import { insertStamp } from "../lib/codecs/frame-stamp.js";
import { ParameterSets } from "../lib/codecs/parameter-sets.js";
import { MediaTimeline } from "./media-timeline.js";

const SEQUENCE_MODULUS = 2 ** 32;
const LONGEST_AGE_MS = 1_000;

/**
 * Makes a camera's access units fit to be sent: every keyframe gets its parameter sets, and every unit its place in
 * time: `mediaTimeMs`, on the monotonic clock, for transports that carry timestamps, `capturedAtMs` on the wall clock, and
 * the frame stamp inside the stream for transports that carry nothing beside it.
 */
export class Stamper {
  readonly #clock: Clock;
  readonly #insert: boolean;
  readonly #parameterSets = new ParameterSets();
  readonly #timeline = new MediaTimeline();
  #sequence = 0;

  /** @param insert whether units get a frame stamp; those of formats without SEI never do */
  constructor(clock: Clock, insert: boolean) {
    this.#clock = clock;
    this.#insert = insert;
  }

  /**
   * A new unit; the given one stays as it is.
   * @param capturedAtUs wall clock at the sensor in microseconds since the epoch; left out: now
   */
  stamp(captured: AccessUnit, capturedAtUs?: bigint): AccessUnit {
    const unit = this.#parameterSets.complete(captured);
    const nowUs = BigInt(Math.round(this.#clock.wallNow() * 1_000));
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) % SEQUENCE_MODULUS;
    const data = this.#insert ? insertStamp(unit, { sequence, capturedAtUs: capturedAtUs ?? nowUs }) : unit.data;
    // A step of the wall clock between the sensor's reading and ours must not become a jump of the media time.
    const ageMs = capturedAtUs === undefined ? -1 : Number(nowUs - capturedAtUs) / 1_000;
    const plausible = ageMs >= 0 && ageMs <= LONGEST_AGE_MS;
    const mediaTimeMs = plausible ? this.#timeline.at(this.#clock.now() - ageMs) : this.#timeline.of(unit);
    return { ...unit, data, mediaTimeMs, capturedAtMs: Number(capturedAtUs ?? nowUs) / 1_000 };
  }
}
