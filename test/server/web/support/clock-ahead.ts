import type { ClockEstimate } from "../../../../lib/telemetry/clock-offset.js";

/** A sender's clock that is known to be so far ahead of ours; undefined: nothing is known of it. */
export function clockAhead(offsetMs: number | undefined): ClockEstimate | undefined {
  return offsetMs === undefined ? undefined : { offsetMs, uncertaintyMs: offsetMs / 100 };
}
