import type { ClockEstimate } from "../../lib/telemetry/clock-offset.js";

const STALE_MS = 2_000;
/** A sender may be set to tell less often than that. */
const STALE_SNAPSHOTS = 3;

/** What is known of the age of the newest snapshot. */
export interface TelemetryAge {
  /** When it was made, by the server's clock. */
  atMs: number;
  /** The time now by the page's clock, and since the snapshot came. */
  wallMs: number;
  sinceItCameMs: number;
  /** Snapshots a second. */
  rateHz: number;
  /** How far the server's clock is from the page's; undefined: not known. */
  clock: ClockEstimate | undefined;
}

/**
 * Whether a snapshot may still be shown as what holds now. That it has just come is not enough: on a network that is slow
 * it may have been on its way for long.
 */
export function isTelemetryFresh({ atMs, wallMs, sinceItCameMs, rateHz, clock }: TelemetryAge): boolean {
  const staleMs = Math.max(STALE_MS, (STALE_SNAPSHOTS * 1_000) / rateHz);
  const ageMs = clock ? wallMs - (atMs - clock.offsetMs) - clock.uncertaintyMs : sinceItCameMs;
  return Math.max(ageMs, sinceItCameMs) <= staleMs;
}
