import type { Clock } from "../../lib/clock.js";

const NAME_AND_TIME = /^\s*"SensorTimestamp"\s*:\s*(\d+)/;
const LONGEST_LINE = 64 * 1024;
const MOST_WAITING = 64;
const NS_PER_US = 1000n;
const OLDEST_US = 5_000_000n;

/** What {@link SensorTimes} is made with. */
export interface SensorTimesOptions {
  clock: Clock;
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
  #text = "";
  #pictures = 0;
  #times = 0;
  /** Times whose pictures are still to come. */
  #waiting: bigint[] = [];

  constructor({ clock, bootNs = () => process.hrtime.bigint() }: SensorTimesOptions) {
    this.#clock = clock;
    this.#bootNs = bootNs;
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
    const time = this.#waiting.shift();
    if (time === undefined) return undefined;
    const ageUs = (this.#bootNs() - time) / NS_PER_US;
    if (ageUs < 0n || ageUs > OLDEST_US) return undefined;
    return BigInt(Math.round(this.#clock.wallNow() * 1000)) - ageUs;
  }

  #add(time: bigint): void {
    // A time that comes after its picture went on is of no use, but it counts.
    if (this.#times++ < this.#pictures || this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push(time);
  }
}
