import { describe, expect, it } from "vitest";
import { CaptureTimes } from "../../viewer/play/capture-times.js";

const of = (rtpTimestamp: number, capturedAtMs: number | null) => ({
  camera: "front",
  rtpTimestamp,
  capturedAtMs,
  uncertaintyMs: 0,
});

describe("CaptureTimes", () => {
  it("knows nothing before it is told", () => {
    const times = new CaptureTimes();
    expect([times.isKnown, times.of(0)]).toEqual([false, null]);
  });

  it("goes by the distance to what it was told, in 90 kHz, both ways and where the timestamps wrap", () => {
    const times = new CaptureTimes();
    times.add(of(2 ** 32 - 90, 5_000));
    expect(times.of(2 ** 32 - 180)).toBe(4_999);
    expect(times.of(2 ** 32 - 90 + 45)).toBe(5_000.5);
    expect(times.of(90)).toBe(5_002);
  });

  it("does not mind a picture that was stamped late", () => {
    const times = new CaptureTimes();
    for (const [second, lateMs] of [1, 0, 250, 2, 1].entries()) times.add(of(second * 90_000, second * 1_000 + lateMs));
    expect(times.of(450_000)).toBe(5_001);
  });

  it("forgets what it was told before the stream's time began anew", () => {
    const times = new CaptureTimes();
    for (let second = 0; second < 5; second++) times.add(of(second * 90_000, second * 1_000));
    times.add(of(77, 6_000));
    expect(times.of(77 + 90)).toBe(6_001);
  });

  it("forgets everything when the server does not know any more", () => {
    const times = new CaptureTimes();
    times.add(of(0, 1));
    times.add(of(90, null));
    expect([times.isKnown, times.of(0)]).toEqual([false, null]);
  });
});
