import { describe, expect, it } from "vitest";
import { LagMeter } from "../../lib/lag-meter.js";

describe("LagMeter with timestamps", () => {
  it("is zero for a stream that keeps up, whatever the clocks say", () => {
    const meter = new LagMeter();
    for (let i = 0; i < 300; i++) meter.add({ receivedAtMs: 5_000 + i * 33, mediaTimeMs: 1e9 + i * 33 });
    expect(meter.lagMs).toBeLessThan(1);
  });

  it("grows by what a picture is later than the quickest before it", () => {
    const meter = new LagMeter();
    for (let i = 0; i < 30; i++) meter.add({ receivedAtMs: i * 33, mediaTimeMs: i * 33 });
    for (let i = 30; i < 60; i++) meter.add({ receivedAtMs: i * 33 + (i - 30) * 20, mediaTimeMs: i * 33 });
    expect(meter.lagMs).toBeCloseTo(29 * 20, 5);
  });

  it("forgets within two minutes what clocks drift apart", () => {
    const meter = new LagMeter();
    // 100 parts in a million: 6 ms a minute.
    for (let i = 0; i < 600 * 30; i++) meter.add({ receivedAtMs: i * 33.333 * 1.0001, mediaTimeMs: i * 33.333 });
    expect(meter.lagMs).toBeLessThan(10);
  });

  it("takes no picture for late that is shown before one that came earlier", () => {
    const meter = new LagMeter();
    let worst = 0;
    // I0 P3 B1 B2 …, five pictures a second.
    for (let i = 0; i < 60; i++) {
      const shown = i - (i % 3) + ([3, 1, 2][i % 3] as number);
      worst = Math.max(worst, meter.add({ receivedAtMs: i * 200, mediaTimeMs: shown * 200 }));
    }
    expect(worst).toBeLessThan(1);
  });

  it("takes a jump of the time line for a new stream", () => {
    const meter = new LagMeter();
    for (let i = 0; i < 30; i++) meter.add({ receivedAtMs: i * 33, mediaTimeMs: 1e7 + i * 33 });
    for (let i = 30; i < 60; i++) meter.add({ receivedAtMs: i * 33, mediaTimeMs: i * 33 });
    expect(meter.lagMs).toBeLessThan(1);
  });
});

describe("LagMeter without timestamps", () => {
  function steady(meter: LagMeter, from: number, count: number, intervalMs: number): number {
    let nowMs = from;
    for (let i = 0; i < count; i++) {
      meter.live();
      meter.add({ receivedAtMs: nowMs });
      nowMs += intervalMs;
    }
    return nowMs;
  }

  it("grows on a link that is too slow for the stream and leaves no pauses", () => {
    const meter = new LagMeter();
    let nowMs = steady(meter, 0, 60, 33);
    for (let i = 0; i < 60; i++) {
      nowMs += 66;
      meter.add({ receivedAtMs: nowMs });
    }
    expect(meter.lagMs).toBeGreaterThan(1_800);
    expect(meter.lagMs).toBeLessThan(2_200);
  });

  it("stays zero when the camera itself gets slower", () => {
    const meter = new LagMeter();
    const nowMs = steady(meter, 0, 60, 33);
    steady(meter, nowMs, 60, 200);
    expect(meter.lagMs).toBe(0);
  });

  it("is zero again once the link pauses after a picture", () => {
    const meter = new LagMeter();
    let nowMs = steady(meter, 0, 60, 33);
    for (let i = 0; i < 20; i++) {
      nowMs += 66;
      meter.add({ receivedAtMs: nowMs });
    }
    steady(meter, nowMs, 2, 33);
    expect(meter.lagMs).toBe(0);
  });
});
