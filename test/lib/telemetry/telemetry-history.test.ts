import { describe, expect, it } from "vitest";
import { TelemetryHistory } from "../../../lib/telemetry/telemetry-history.js";
import { makeSnapshot } from "./make-snapshot.js";

function historyOf(...timesMs: number[]): TelemetryHistory {
  const history = new TelemetryHistory();
  for (const atMs of timesMs) history.add(makeSnapshot(atMs));
  return history;
}

describe("TelemetryHistory", () => {
  it.each([
    { atMs: 100, nearest: 100 },
    { atMs: 149, nearest: 100 },
    { atMs: 151, nearest: 200 },
    { atMs: 0, nearest: 100 },
    { atMs: 1_300, nearest: 300 },
    { atMs: 1_301, nearest: undefined },
    { atMs: -901, nearest: undefined },
  ])("finds for $atMs the snapshot of $nearest", ({ atMs, nearest }) => {
    expect(historyOf(100, 200, 300).nearest(atMs)?.atMs).toBe(nearest);
  });

  it("finds nothing before the first snapshot", () => {
    expect(historyOf().nearest(0)).toBeUndefined();
  });

  it("keeps 10 s", () => {
    const history = historyOf(...Array.from({ length: 201 }, (_, i) => i * 100));
    expect(history.nearest(10_000)?.atMs).toBe(10_000);
    expect(history.nearest(9_900)?.atMs).toBe(10_000);
    expect(history.nearest(8_900)).toBeUndefined();
  });

  it("keeps 600 snapshots of a sender that makes too many", () => {
    const history = historyOf(...Array.from({ length: 2_000 }, (_, i) => i));
    expect(history.nearest(1_400)?.atMs).toBe(1_400);
    expect(history.nearest(1_300)?.atMs).toBe(1_400);
  });

  it("forgets what a clock that was set back has called later", () => {
    const history = historyOf(5_000, 5_100, 5_200, 2_000, 2_100);
    expect(history.nearest(2_090)?.atMs).toBe(2_100);
    expect(history.nearest(5_100)).toBeUndefined();
  });
});
