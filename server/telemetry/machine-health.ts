import { type CpuInfo, cpus } from "node:os";
import type { Clock, Timer } from "../../lib/clock.js";
import type { MachineHealth } from "../../lib/telemetry/telemetry-snapshot.js";
import { CoreLoads } from "./core-loads.js";
import { HealthReading } from "./health-reading.js";
import {
  findCpuSensor,
  findThrottling,
  MACHINE_PATHS,
  type MachinePaths,
  readMemory,
  readTemperature,
  readThrottling,
} from "./machine-files.js";

/** Often enough for who watches; the system counts a core's time in steps of 10 ms, so that shorter ones tell little. */
const INTERVAL_MS = 1_000;

/** What a {@link MachineHealthWatch} works with. */
export interface MachineHealthOptions {
  clock: Clock;
  /** Default: Linux's. */
  paths?: MachinePaths;
  /** How long each core did what so far. Default: as Node.js tells of this machine. */
  cores?: () => CpuInfo[];
}

/**
 * Knows how this machine is, as of the last second. Nobody waits for it: its files are read beside, and what a slow one
 * tells comes with a later snapshot.
 */
export class MachineHealthWatch {
  readonly #loads: CoreLoads;
  readonly #temperature: HealthReading<number>;
  readonly #memory: HealthReading<NonNullable<MachineHealth["memory"]>>;
  readonly #throttling: HealthReading<{ throttled: boolean; undervoltage: boolean }>;
  readonly #timer: Timer;
  #coreLoadPercent: number[] | null = null;

  constructor({ clock, paths = MACHINE_PATHS, cores = cpus }: MachineHealthOptions) {
    this.#loads = new CoreLoads(cores);
    this.#temperature = new HealthReading(found(() => findCpuSensor(paths.thermal), readTemperature));
    this.#memory = new HealthReading(() => readMemory(paths.memory));
    this.#throttling = new HealthReading(found(() => findThrottling(paths.firmware), readThrottling));
    void this.refresh();
    this.#timer = clock.every(INTERVAL_MS, () => void this.refresh());
  }

  /** As it was at the last look. */
  get latest(): MachineHealth {
    return {
      cpuTemperatureC: this.#temperature.latest,
      coreLoadPercent: this.#coreLoadPercent,
      memory: this.#memory.latest,
      throttled: this.#throttling.latest?.throttled ?? null,
      undervoltage: this.#throttling.latest?.undervoltage ?? null,
    };
  }

  /** Looks; resolves when every file is read. */
  async refresh(): Promise<void> {
    this.#coreLoadPercent = this.#loads.sinceLast();
    await Promise.all([this.#temperature, this.#memory, this.#throttling].map((reading) => reading.refresh()));
  }

  /** Looks no more. Idempotent. */
  close(): void {
    this.#timer.cancel();
  }
}

/** Reads the file that is found at the first reading; it is looked for again where it is there no more. */
function found<Value>(find: () => Promise<string | null>, read: (path: string) => Promise<Value | null>) {
  let path: string | null | undefined;
  return async (): Promise<Value | null> => {
    path ??= await find();
    if (path === null) return null;
    const file = path;
    path = undefined;
    const value = await read(file);
    path = file;
    return value;
  };
}
