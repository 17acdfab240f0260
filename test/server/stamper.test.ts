import { describe, expect, it } from "vitest";
import { Stamper } from "../../server/stamper.js";
import { FakeClock } from "../support/fake-clock.js";

/** A picture that comes so long after the one before it. */
interface Picture {
  afterMs: number;
  ownMs?: number;
  keyframe?: boolean;
  /** How long ago its sensor time is. */
  ageMs?: number;
}

/** The media times that pictures get, counted from the first one's arrival. */
function mediaTimes(pictures: readonly Picture[]): number[] {
  const clock = new FakeClock();
  const stamper = new Stamper(clock, false);
  const startMs = clock.now() + (pictures[0]?.afterMs ?? 0);
  return pictures.map(({ afterMs, ownMs, keyframe = false, ageMs }) => {
    clock.advance(afterMs);
    const own = ownMs === undefined ? {} : { mediaTimeMs: ownMs };
    const unit = { codec: "vp8", data: Buffer.alloc(1), keyframe, receivedAtMs: clock.now(), ...own } as const;
    const capturedAtUs = ageMs === undefined ? undefined : BigInt((clock.wallNow() - ageMs) * 1_000);
    return Math.round((stamper.stamp(unit, capturedAtUs).mediaTimeMs ?? Number.NaN) - startMs);
  });
}

describe("Stamper, the media time", () => {
  it("is a unit's own, moved to our clock by the same offset for all", () => {
    const own = [80, 200, 120, 160, 320, 240];
    const times = mediaTimes(own.map((ownMs, index) => ({ afterMs: 40, ownMs, keyframe: index === 0 })));
    expect(times).toEqual(own.map((ownMs) => ownMs - 80));
  });

  it("is joined on where the units' own jumps by more than a second", () => {
    const own = [5_000, 5_040, 90_000, 90_040, 10, 50];
    expect(mediaTimes(own.map((ownMs) => ({ afterMs: 40, ownMs })))).toEqual([0, 40, 80, 120, 160, 200]);
  });

  it("is joined on behind everything before where a keyframe begins the units' own anew", () => {
    const own = [0, 120, 40, 0, 120, 40];
    const times = mediaTimes(own.map((ownMs, index) => ({ afterMs: 30, ownMs, keyframe: index % 3 === 0 })));
    expect(times).toEqual([0, 120, 40, 120, 240, 160]);
  });

  it("does not run back where one picture's sensor time is missing", () => {
    const times = mediaTimes([60, 60, undefined, 60, 60].map((ageMs) => ({ afterMs: 40, ...(ageMs && { ageMs }) })));
    expect(times).toEqual([-60, -20, 80, 80, 100]);
  });
});
