import type { CpuInfo } from "node:os";

interface CoreTimes {
  idle: number;
  total: number;
}

/** How busy each core is. */
export class CoreLoads {
  readonly #cores: () => CpuInfo[];
  #last: CoreTimes[] = [];

  /** @param cores tells how long each core did what so far, as `os.cpus` does */
  constructor(cores: () => CpuInfo[]) {
    this.#cores = cores;
  }

  /** Percent of each core's time since the last call, 0 to 100; null at the first call, and where cores came or went. */
  sinceLast(): number[] | null {
    const last = this.#last;
    this.#last = this.#cores().map(({ times }) => ({
      idle: times.idle,
      total: Object.values(times).reduce((sum, time) => sum + time, 0),
    }));
    if (last.length === 0 || last.length !== this.#last.length) return null;
    return this.#last.map((now, index) => busyPercent(last[index] as CoreTimes, now));
  }
}

function busyPercent(before: CoreTimes, now: CoreTimes): number {
  const total = now.total - before.total;
  const busy = total - (now.idle - before.idle);
  // The system corrects its counts of idle time now and then, downwards too.
  return total > 0 ? Math.round(Math.min(Math.max((busy / total) * 100, 0), 100) * 10) / 10 : 0;
}
