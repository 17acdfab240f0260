import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClockEstimate, type ClockExchange, ClockOffset } from "../../../lib/telemetry/clock-offset.js";

const EPOCH_MS = 1_700_000_000_000;

interface Way {
  /** Our monotonic time at the question, in milliseconds. */
  atMs: number;
  thereMs: number;
  backMs: number;
  serverMs?: number;
  /** Server's clock minus ours. */
  offsetMs: number;
}

function exchange({ atMs, thereMs, backMs, serverMs = 0, offsetMs }: Way): ClockExchange {
  const sentAtMs = EPOCH_MS + atMs;
  const serverReceivedAtMs = sentAtMs + thereMs + offsetMs;
  const nowMs = atMs + thereMs + serverMs + backMs;
  const receivedAtMs = EPOCH_MS + nowMs;
  return { sentAtMs, receivedAtMs, serverReceivedAtMs, serverSentAtMs: serverReceivedAtMs + serverMs, nowMs };
}

function estimateOf(ways: Way[]): ClockEstimate {
  const offset = new ClockOffset();
  for (const way of ways) offset.add(exchange(way));
  const { offsetMs, uncertaintyMs } = offset;
  if (offsetMs === undefined || uncertaintyMs === undefined) throw new Error("no estimate");
  return { offsetMs, uncertaintyMs };
}

describe("ClockOffset", () => {
  it("knows nothing before the first exchange", () => {
    const offset = new ClockOffset();
    expect([offset.offsetMs, offset.uncertaintyMs, offset.at(0)]).toEqual([undefined, undefined, undefined]);
  });

  it.each<{ way: Omit<Way, "atMs">; offsetMs: number; uncertaintyMs: number }>([
    { way: { thereMs: 1, backMs: 1, offsetMs: 0 }, offsetMs: 0, uncertaintyMs: 1.2 },
    { way: { thereMs: 2, backMs: 2, offsetMs: 5_000 }, offsetMs: 5_000, uncertaintyMs: 2.2 },
    { way: { thereMs: 2, backMs: 2, serverMs: 70, offsetMs: -5_000 }, offsetMs: -5_000, uncertaintyMs: 2.2 },
    { way: { thereMs: 10, backMs: 0, offsetMs: 100 }, offsetMs: 105, uncertaintyMs: 5.2 },
    { way: { thereMs: 0, backMs: 10, offsetMs: 100 }, offsetMs: 95, uncertaintyMs: 5.2 },
  ])("makes of $way an offset of $offsetMs ± $uncertaintyMs ms", ({ way, offsetMs, uncertaintyMs }) => {
    const estimate = estimateOf([{ atMs: 0, ...way }]);
    expect(estimate.offsetMs).toBeCloseTo(offsetMs, 2);
    expect(estimate.uncertaintyMs).toBeCloseTo(uncertaintyMs, 2);
  });

  it("believes the exchange with the shortest way", () => {
    const slow = Array.from({ length: 9 }, (_, i) => ({ atMs: i * 1_000, thereMs: 40, backMs: 3, offsetMs: 7 }));
    const estimate = estimateOf([...slow, { atMs: 9_000, thereMs: 1, backMs: 1, offsetMs: 7 }, ...slow.map(later)]);
    expect(estimate.offsetMs).toBeCloseTo(7, 2);
    expect(estimate.uncertaintyMs).toBeLessThan(1.5);
  });

  it("grows less certain with time, by 15 ms in 1000 s", () => {
    const offset = new ClockOffset();
    offset.add(exchange({ atMs: 0, thereMs: 1, backMs: 1, offsetMs: 0 }));
    expect(offset.at(1_000_002)?.uncertaintyMs).toBeCloseTo(16.2, 5);
  });

  it("keeps exchanges for two minutes, and 64 of them", () => {
    const good = { atMs: 0, thereMs: 1, backMs: 1, offsetMs: 0 };
    const poor = { thereMs: 50, backMs: 50, offsetMs: 0 };
    expect(estimateOf([good, { ...poor, atMs: 119_000 }]).uncertaintyMs).toBeLessThan(4);
    expect(estimateOf([good, { ...poor, atMs: 121_000 }]).uncertaintyMs).toBeGreaterThan(49);
    const many = Array.from({ length: 64 }, (_, i) => ({ ...poor, atMs: 1_000 + i * 200 }));
    expect(estimateOf([good, ...many.slice(1)]).uncertaintyMs).toBeLessThan(4);
    expect(estimateOf([good, ...many]).uncertaintyMs).toBeGreaterThan(49);
  });

  it.each([-3_600_000, -40, 40, 3_600_000])("follows a clock that is set by %i ms with the next exchange", (step) => {
    const before = Array.from({ length: 30 }, (_, i) => ({ atMs: i * 1_000, thereMs: 2, backMs: 2, offsetMs: 10 }));
    const after = { atMs: 30_000, thereMs: 8, backMs: 8, offsetMs: 10 + step };
    expect(estimateOf([...before, after]).offsetMs).toBeCloseTo(10 + step, 2);
  });

  it("follows clocks that drift apart faster than clocks do", () => {
    const offset = new ClockOffset();
    for (let i = 0; i < 300; i++) {
      const offsetMs = i * 0.5; // 500 parts in a million: as fast as NTP turns a clock
      offset.add(exchange({ atMs: i * 1_000, thereMs: 1, backMs: 1, offsetMs }));
      expect(Math.abs((offset.offsetMs ?? Number.NaN) - offsetMs)).toBeLessThan(3);
    }
  });

  it.each([
    ["an answer before the question", { receivedAtMs: EPOCH_MS - 5 }],
    ["a server that took longer than the round trip", { serverSentAtMs: EPOCH_MS + 100 }],
    ["a server that answered before it was asked", { serverSentAtMs: EPOCH_MS - 100 }],
    ["a time that is no number", { serverReceivedAtMs: Number.NaN }],
    ["an infinite time", { serverSentAtMs: Number.POSITIVE_INFINITY }],
  ])("leaves out %s", (_what, wrong) => {
    const offset = new ClockOffset();
    offset.add({ ...exchange({ atMs: 0, thereMs: 1, backMs: 1, offsetMs: 0 }), ...wrong });
    expect(offset.offsetMs).toBeUndefined();
  });

  it("takes times that were rounded to 0.1 ms", () => {
    const way = exchange({ atMs: 0, thereMs: 0.02, backMs: 0.02, offsetMs: 3 });
    const offset = new ClockOffset();
    offset.add({ ...way, receivedAtMs: way.receivedAtMs - 0.1 });
    expect(Math.abs((offset.offsetMs ?? Number.NaN) - 3)).toBeLessThan(offset.uncertaintyMs ?? 0);
  });

  it("is never wrong by more than it says, however unequal the ways, with drift of 10 in a million", () => {
    const way = fc.record({
      pauseMs: fc.double({ min: 0, max: 30_000, noNaN: true }),
      thereMs: fc.double({ min: 0, max: 500, noNaN: true }),
      backMs: fc.double({ min: 0, max: 500, noNaN: true }),
      serverMs: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    const offsets = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    const drifts = fc.double({ min: -10e-6, max: 10e-6, noNaN: true });
    fc.assert(
      fc.property(fc.array(way, { minLength: 1, maxLength: 80 }), offsets, drifts, (ways, firstMs, drift) => {
        const offset = new ClockOffset();
        let atMs = 0;
        for (const { pauseMs, ...times } of ways) {
          atMs += pauseMs;
          offset.add(exchange({ atMs, ...times, offsetMs: firstMs + drift * atMs }));
          atMs += times.thereMs + times.serverMs + times.backMs;
          const { offsetMs, uncertaintyMs } = offset.at(atMs) as ClockEstimate;
          expect(Math.abs(offsetMs - (firstMs + drift * atMs))).toBeLessThan(uncertaintyMs);
        }
      }),
      { numRuns: 100 },
    );
  });
});

function later(way: Way): Way {
  return { ...way, atMs: way.atMs + 10_000 };
}
