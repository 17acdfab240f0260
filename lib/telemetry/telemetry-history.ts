import type { TelemetrySnapshot } from "./telemetry-snapshot.js";

/** Pictures are seconds late at the very most; a sender makes 50 snapshots a second at most. */
const MEMORY_MS = 10_000;
const CAPACITY = 600;
/** What is further away says nothing about a picture any more. */
const NEAR_MS = 1_000;

/** The snapshots of the last 10 s, to find what held when a picture was taken. All times are by the sender's clock. */
export class TelemetryHistory {
  /** In the order of their times. */
  readonly #snapshots: TelemetrySnapshot[] = [];

  add(snapshot: TelemetrySnapshot): void {
    const snapshots = this.#snapshots;
    // The sender's clock was set back: what it called later is no longer ahead, but of another time.
    while ((snapshots.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) > snapshot.atMs) snapshots.pop();
    snapshots.push(snapshot);
    const horizonMs = snapshot.atMs - MEMORY_MS;
    while (snapshots.length > CAPACITY || (snapshots[0] as TelemetrySnapshot).atMs < horizonMs) snapshots.shift();
  }

  /** The snapshot nearest to a time; undefined where none lies within a second of it. */
  nearest(atMs: number): TelemetrySnapshot | undefined {
    const index = this.#snapshots.findLastIndex((snapshot) => snapshot.atMs <= atMs);
    const [before, after] = [this.#snapshots[index], this.#snapshots[index + 1]];
    const isAfterNearer = !before || (after && after.atMs - atMs < atMs - before.atMs);
    const nearest = isAfterNearer ? after : before;
    return nearest && Math.abs(nearest.atMs - atMs) <= NEAR_MS ? nearest : undefined;
  }
}
