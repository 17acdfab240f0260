import { describe, expect, it } from "vitest";
import { FrameRate } from "../../viewer/play/frame-rate.js";
import { LatencyHistory } from "../../viewer/play/latency-history.js";

describe("LatencyHistory", () => {
  it("tells the middle of the last second", () => {
    const history = new LatencyHistory();
    for (const [atMs, latencyMs] of [
      [0, 900],
      [1_100, 30],
      [1_200, 10],
      [1_300, 500],
    ] as const) {
      history.add({ atMs, latencyMs });
    }
    expect(history.recentMs(1_400)).toBe(30);
    expect(history.recentMs(2_250)).toBe(500);
    expect(history.recentMs(3_000)).toBeUndefined();
  });

  it("tells the middle and the highest of each piece of the last minute, and where there was none", () => {
    const history = new LatencyHistory();
    for (const [atMs, latencyMs] of [
      [1_000, 5],
      [2_000, 50],
      [3_000, 7],
      [59_000, 9],
    ] as const) {
      history.add({ atMs, latencyMs });
    }
    expect(history.pieces(4, 60_000)).toEqual([
      { medianMs: 7, highestMs: 50 },
      undefined,
      undefined,
      { medianMs: 9, highestMs: 9 },
    ]);
    expect(history.pieces(1, 61_500)[0]?.highestMs).toBe(50);
  });

  it("keeps a minute at most, and 7200 pictures", () => {
    const history = new LatencyHistory();
    for (let atMs = 0; atMs <= 600_000; atMs += 100) history.add({ atMs, latencyMs: 1 });
    expect(history.size).toBe(601);
    for (let count = 0; count < 20_000; count++) history.add({ atMs: 600_001, latencyMs: 2 });
    expect(history.size).toBe(7_200);
    expect(history.recentMs(600_001)).toBe(2);
  });
});

describe("FrameRate", () => {
  it.for([
    [30, 30],
    [7.5, 7.5],
    [2, 2],
  ])("%d pictures a second", ([fps, expected]) => {
    const rate = new FrameRate();
    const intervalMs = 1_000 / (fps as number);
    for (let count = 0; count <= 200; count++) rate.add(count * intervalMs);
    expect(rate.at(200 * intervalMs)).toBeCloseTo(expected as number, 5);
  });

  it("falls to nothing when they stop", () => {
    const rate = new FrameRate();
    for (let count = 0; count < 60; count++) rate.add(count * 33);
    expect(rate.at(60 * 33 + 1_000)).toBeLessThan(25);
    expect(rate.at(60 * 33 + 3_000)).toBe(0);
    expect(new FrameRate().at(0)).toBe(0);
  });
});
