import { describe, expect, it } from "vitest";
import { PairingTime } from "../../lib/pairing-time.js";
import type { ClockEstimate } from "../../lib/telemetry/clock-offset.js";

const OURS: ClockEstimate = { offsetMs: 0, uncertaintyMs: 0 };
const clocks = (left?: ClockEstimate, right?: ClockEstimate) => ({ left, right });

/** Frames taken at 1000 and 1005, by capture, and received at 50 and 90. */
function bothTimes(leftClock?: ClockEstimate, rightClock?: ClockEstimate, rightAheadMs = 0) {
  const time = new PairingTime();
  const known = clocks(leftClock, rightClock);
  const left = time.next("left", { capturedAt: 1_000, receivedAtMs: 50 }, known);
  const right = time.next("right", { capturedAt: 1_005 + rightAheadMs, receivedAtMs: 90 }, known);
  return { by: time.by, apartMs: right.timeMs - left.timeMs, isOther: right.isOther };
}

describe("PairingTime", () => {
  it.each([
    { why: "no clock is known", left: undefined, right: undefined, apartMs: 5 },
    { why: "one clock is known", left: OURS, right: undefined, apartMs: 5 },
    { why: "both are ours", left: OURS, right: OURS, apartMs: 5 },
    {
      why: "the estimates agree",
      ...{ left: { offsetMs: 10, uncertaintyMs: 0.5 }, right: { offsetMs: 10.9, uncertaintyMs: 0.5 }, apartMs: 5 },
    },
    {
      why: "the clocks differ",
      ...{ left: { offsetMs: 10, uncertaintyMs: 0.5 }, right: { offsetMs: 12, uncertaintyMs: 0.5 }, apartMs: 3 },
    },
  ])("compares capture times: $why", ({ left, right, apartMs }) => {
    expect(bothTimes(left, right)).toEqual({ by: "capture", apartMs, isOther: false });
  });

  it("corrects clocks that are hours apart, where that is known", () => {
    const late = 3_600_000;
    const seen = bothTimes(OURS, { offsetMs: late, uncertaintyMs: 1 }, late);
    expect(seen).toEqual({ by: "capture", apartMs: 5, isOther: false });
  });

  it("takes arrival where the clocks differ by more than streams can", () => {
    expect(bothTimes(undefined, undefined, 60_000)).toMatchObject({ by: "arrival", isOther: true });
    expect(bothTimes(undefined, undefined, -60_000)).toMatchObject({ by: "arrival", isOther: true });
    expect(bothTimes(undefined, undefined, 1_000)).toMatchObject({ by: "capture" });
  });

  it("takes arrival while one side tells no capture time, and capture from then on", () => {
    const time = new PairingTime();
    expect(time.by).toBeNull();
    const steps = [
      time.next("left", { capturedAt: 1_000, receivedAtMs: 50 }, clocks()),
      time.next("right", { receivedAtMs: 51 }, clocks()),
      time.next("left", { capturedAt: 1_033, receivedAtMs: 83 }, clocks()),
    ];
    expect(time.by).toBe("arrival");
    expect(steps).toEqual([
      { timeMs: 1_000, isOther: false },
      { timeMs: 51, isOther: true },
      { timeMs: 83, isOther: false },
    ]);
    const next = time.next("right", { capturedAt: 1_034, receivedAtMs: 84 }, clocks());
    expect(next).toEqual({ timeMs: 1_034, isOther: true });
    expect(time.by).toBe("capture");
  });
});
