import { describe, expect, it } from "vitest";
import { isTelemetryFresh, type TelemetryAge } from "../../viewer/page/telemetry-freshness.js";

const CLOCK = { offsetMs: 60_000, uncertaintyMs: 50 };
/** Made a moment ago, by a clock that is a minute ahead. */
const NEW: TelemetryAge = { atMs: 160_000, wallMs: 100_020, sinceItCameMs: 10, rateHz: 10, clock: CLOCK };

describe("isTelemetryFresh", () => {
  it.for<[what: string, changes: Partial<TelemetryAge>, isFresh: boolean]>([
    ["one that was just made", {}, true],
    ["one that came 2 s ago", { sinceItCameMs: 2_000 }, true],
    ["one that came longer ago", { sinceItCameMs: 2_001 }, false],
    ["one that came just now, but was made 2 s ago, as surely as the clocks tell", { wallMs: 102_050 }, true],
    ["one that came just now, but was made longer ago", { wallMs: 102_051 }, false],
    ["one that came just now, where nothing is known of the sender's clock", { wallMs: 1e9, clock: undefined }, true],
    ["one that came long ago, by a clock that was set back since", { wallMs: 0, sinceItCameMs: 9_000 }, false],
    ["one of a sender that tells once in 10 s", { rateHz: 0.1, sinceItCameMs: 29_000 }, true],
    ["one that such a sender should have renewed", { rateHz: 0.1, sinceItCameMs: 30_001 }, false],
  ])("%s", ([, changes, isFresh]) => {
    expect(isTelemetryFresh({ ...NEW, ...changes })).toBe(isFresh);
  });
});
