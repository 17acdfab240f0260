import type { Clock } from "../../lib/clock.js";

const NAME_AND_TIME = /^\s*"SensorTimestamp"\s*:\s*(\d+)/;
const LONGEST_LINE = 64 * 1024;
const MOST_WAITING = 64;
const NS_PER_US = 1000n;
const OLDEST_US = 5_000_000n;
/** Times that are too old for as many pictures in a row are not those of a backlog. */
const LASTING_PICTURES = 30;
const TOO_OLD_FRAMES = 1.5;

/** What {@link SensorTimes} is made with. */
export interface SensorTimesOptions {
  clock: Clock;
  /** Pictures a second. */
  fps: number;
  /** The clock of the sensor's times: nanoseconds since boot. Default: the monotonic clock. */
  bootNs?: () => bigint;
}

/**
 * Matches the times in rpicam-vid's metadata with its pictures: the first with the first, and so on, since it writes
 * both for every picture. It reads lines, not JSON: the brace that closes an object comes only with the next picture.
 */
export class SensorTimes {
  readonly #clock: Clock;
  readonly #bootNs: () => bigint;
  readonly #toleranceUs: bigint;
  #text = "";
  #pictures = 0;
  #times = 0;
  /** Age at which a time's picture came soonest, and pictures in a row whose times are too old by that measure. */
  #leastAgeUs = OLDEST_US;
  #tooOld = 0;
  /** Times whose pictures are still to come. */
  #waiting: bigint[] = [];

  constructor({ clock, fps, bootNs = () => process.hrtime.bigint() }: SensorTimesOptions) {
    this.#clock = clock;
    this.#bootNs = bootNs;
    this.#toleranceUs = BigInt(Math.round((TOO_OLD_FRAMES * 1_000_000) / fps));
  }

  /** Takes the next metadata, however it is cut. */
  push(text: string): void {
    const lines = (this.#text + text).split("\n");
    this.#text = (lines.pop() ?? "").slice(-LONGEST_LINE);
    for (const line of lines) {
      const time = NAME_AND_TIME.exec(line)?.[1];
      if (time !== undefined) this.#add(BigInt(time));
    }
  }

  /**
   * The wall clock at the sensor for the next picture, in microseconds since the epoch.
   * Undefined where its time has not come, or cannot be right.
   */
  next(): bigint | undefined {
    this.#pictures++;
    this.#dropLeftBehind();
    const time = this.#waiting.shift();
    if (time === undefined) return undefined;
    const ageUs = this.#ageUs(time);
    if (ageUs < 0n || ageUs > OLDEST_US) return undefined;
    if (ageUs < this.#leastAgeUs) this.#leastAgeUs = ageUs;
    return BigInt(Math.round(this.#clock.wallNow() * 1000)) - ageUs;
  }

  /** Pictures that never came leave their times behind: every later picture would get the time of an earlier one. */
  #dropLeftBehind(): void {
    const [oldest, next] = this.#waiting;
    const tooOld =
      oldest !== undefined && next !== undefined && this.#ageUs(oldest) > this.#leastAgeUs + this.#toleranceUs;
    this.#tooOld = tooOld ? this.#tooOld + 1 : 0;
    if (this.#tooOld < LASTING_PICTURES) return;
    this.#tooOld = 0;
    this.#waiting.shift();
    this.#pictures++;
  }

  #ageUs(time: bigint): bigint {
    return (this.#bootNs() - time) / NS_PER_US;
  }

  #add(time: bigint): void {
    // A time that comes after its picture went on is of no use, but it counts.
    if (this.#times++ < this.#pictures || this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push(time);
  }
}
