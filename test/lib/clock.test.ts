import { describe, expect, it } from "vitest";
import { systemClock } from "../../lib/clock.js";

describe("systemClock", () => {
  it("tells the wall clock's time, finer than milliseconds", () => {
    const fractions = new Set<number>();
    for (let i = 0; i < 2_000; i++) {
      const nowMs = systemClock.wallNow();
      expect(Math.abs(nowMs - Date.now())).toBeLessThan(10);
      fractions.add(nowMs % 1);
    }
    expect(fractions.size).toBeGreaterThan(10);
  });
});
