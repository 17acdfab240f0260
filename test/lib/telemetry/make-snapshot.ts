import type { TelemetrySnapshot } from "../../../lib/telemetry/telemetry-snapshot.js";

/** A snapshot of a machine without a vehicle. */
export function makeSnapshot(atMs: number): TelemetrySnapshot {
  const health = { cpuTemperatureC: 51.5, coreLoadPercent: [10, 20.5], throttled: false, undervoltage: null };
  return { atMs, vehicle: null, health: { ...health, memory: { totalBytes: 8e9, availableBytes: 6e9 } } };
}
