import { EventEmitter } from "eventemitter3";
import { systemClock, type Timer } from "../../lib/clock.js";
import type { MachineHealth, TelemetrySnapshot } from "../../lib/telemetry/telemetry-snapshot.js";
import type { TelemetrySource, TelemetrySourceEvents } from "../../server/telemetry/telemetry-source.js";

const RATE_HZ = 10;

/** Telemetry without a vehicle, of a machine that is as the test wants it. */
export class ToldTelemetry extends EventEmitter<TelemetrySourceEvents> implements TelemetrySource {
  readonly hello = { version: 1, rateHz: RATE_HZ, link: null } as const;
  #health: MachineHealth;
  readonly #timer: Timer;

  constructor(health: MachineHealth) {
    super();
    this.#health = health;
    this.#timer = systemClock.every(1_000 / RATE_HZ, () => this.emit("snapshot", this.latest));
  }

  get latest(): TelemetrySnapshot {
    return { atMs: systemClock.wallNow(), vehicle: null, health: this.#health };
  }

  tell(health: MachineHealth): void {
    this.#health = health;
  }

  async close(): Promise<void> {
    this.#timer.cancel();
  }
}
