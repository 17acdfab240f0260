import { describe, expect, it } from "vitest";
import { RecordingTimeline } from "../../cli/recording-timeline.js";
import type { AccessUnit } from "../../lib/index.js";

interface Times {
  receivedAtMs: number;
  mediaTimeMs?: number;
  capturedAtMs?: number;
}

/** The times of a recording in milliseconds. */
function timesOf(pictures: readonly Times[], reorders = false): (number | undefined)[] {
  const timeline = new RecordingTimeline(reorders);
  return pictures.map(({ receivedAtMs, mediaTimeMs, capturedAtMs }) => {
    const stamp = {
      sequence: 0,
      byteLength: 0,
      checksum: 0,
      capturedAtUs: BigInt((capturedAtMs ?? 0) * 1_000),
    };
    const unit: AccessUnit = {
      ...{ codec: "h264", data: Buffer.alloc(0), keyframe: true, receivedAtMs },
      ...(mediaTimeMs !== undefined && { mediaTimeMs }),
      ...(capturedAtMs !== undefined && { stamp }),
    };
    const timeUs = timeline.next(unit);
    return timeUs === undefined ? undefined : Number(timeUs) / 1_000;
  });
}

describe("RecordingTimeline", () => {
  it("begins at 0 and follows the arrival where nothing else is told", () => {
    expect(timesOf([{ receivedAtMs: 500 }, { receivedAtMs: 533 }, { receivedAtMs: 571 }])).toEqual([0, 33, 71]);
  });

  it("follows the container's time through the network's jitter", () => {
    const jittery = [0, 90, 95, 100].map((receivedAtMs, index) => ({ receivedAtMs, mediaTimeMs: 7_000 + index * 40 }));
    expect(timesOf(jittery)).toEqual([0, 40, 80, 120]);
  });

  it("follows the capture time rather than the container's", () => {
    const stamped = [0, 1, 2].map((index) => ({
      ...{ receivedAtMs: index * 50, mediaTimeMs: index * 45, capturedAtMs: 1_700_000_000_000 + index * 40 },
    }));
    expect(timesOf(stamped)).toEqual([0, 40, 80]);
  });

  it("gives each picture of a group that arrived at once its own time", () => {
    const burst = [0, 1, 2, 3].map((index) => ({ receivedAtMs: 10, mediaTimeMs: index * 40 }));
    expect(timesOf(burst)).toEqual([0, 40, 80, 120]);
    expect(timesOf([10, 10, 10].map((receivedAtMs) => ({ receivedAtMs })))).toEqual([0, 1, 2]);
  });

  it.each([
    { name: "set forward by a year", jumpMs: 31_536_000_000 },
    { name: "set back by a minute", jumpMs: -60_000 },
  ])("goes on by the arrival when the sender's clock is $name", ({ jumpMs }) => {
    const start = 1_700_000_000_000;
    const pictures = [0, 40, 80, 120].map((atMs) => ({
      ...{ receivedAtMs: atMs + 5, capturedAtMs: start + atMs + (atMs >= 80 ? jumpMs : 0) },
    }));
    expect(timesOf(pictures)).toEqual([0, 40, 80, 120]);
  });

  it("leaves a gap as long as the stream was away", () => {
    const pictures = [
      { receivedAtMs: 0, mediaTimeMs: 9_000 },
      { receivedAtMs: 40, mediaTimeMs: 9_040 },
      { receivedAtMs: 5_040, mediaTimeMs: 0 },
      { receivedAtMs: 5_080, mediaTimeMs: 40 },
    ];
    expect(timesOf(pictures)).toEqual([0, 40, 5_040, 5_080]);
  });

  it("keeps the container's times of reordered pictures, and leaves out those before the first", () => {
    const mediaTimes = [80, 0, 40, 200, 120, 160];
    const pictures = mediaTimes.map((mediaTimeMs, index) => ({ receivedAtMs: index * 40, mediaTimeMs }));
    expect(timesOf(pictures, true)).toEqual([0, undefined, undefined, 120, 40, 80]);
  });
});
