import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { PendingUnits } from "../../../lib/ffmpeg/pending-units.js";
import { FakeClock } from "../../support/fake-clock.js";

function unit(receivedAtMs: number, mediaTimeMs?: number): AccessUnit {
  const timed = mediaTimeMs === undefined ? {} : { mediaTimeMs };
  return { codec: "h264", data: Buffer.alloc(1), keyframe: true, receivedAtMs, ...timed };
}

describe("PendingUnits", () => {
  it("gives units of one instant different timestamps, in order", () => {
    const pending = new PendingUnits(new FakeClock());
    const timestamps = [1, 2, 3].map(() => pending.add(unit(10), false));
    expect(timestamps).toEqual([10_000, 10_001, 10_002]);
  });

  it("finds the unit of a picture and forgets those before it that gave none", () => {
    const pending = new PendingUnits(new FakeClock());
    const units = [unit(1), unit(2), unit(3)];
    const timestamps = units.map((each) => pending.add(each, false));
    expect(pending.take(timestamps[1] as number)?.unit).toBe(units[1]);
    expect(pending.size).toBe(1);
    expect(pending.take(timestamps[0] as number)?.unit).toBe(units[2]);
  });

  it("feeds reordering streams with the sender's display times, and matches exactly", () => {
    const pending = new PendingUnits(new FakeClock());
    const [i, p, b] = [unit(1, 100), unit(2, 166), unit(3, 133)];
    const timestamps = [i, p, b].map((each) => pending.add(each, true));
    expect(timestamps).toEqual([100_000, 166_000, 133_000]);
    const shown = [100_000, 133_000, 166_000].map((timestamp) => pending.take(timestamp)?.unit);
    expect(shown).toEqual([i, b, p]);
  });

  it("matches in order where display times are unknown", () => {
    const pending = new PendingUnits(new FakeClock());
    const units = [unit(1), unit(2), unit(3)];
    for (const each of units) pending.add(each, true);
    expect([7, 7, 9].map((guess) => pending.take(guess)?.unit)).toEqual(units);
  });

  it("counts none as behind that a reordering decoder must hold", () => {
    const pending = new PendingUnits(new FakeClock());
    const timestamps = Array.from({ length: 20 }, (_, i) => pending.add(unit(i, i), true));
    for (let i = 0; i < 18; i++) pending.take(timestamps[i] as number);
    expect([pending.size, pending.behind]).toEqual([2, 0]);
    pending.add(unit(30, 30), true);
    expect(pending.behind).toBe(1);
  });

  it("owes no picture of a reordering stream until 16 others have followed", () => {
    const clock = new FakeClock();
    const pending = new PendingUnits(clock);
    for (let i = 0; i < 16; i++) pending.add(unit(i, i), true);
    clock.advance(5_000);
    expect(pending.dueSinceMs).toBeUndefined();
    pending.add(unit(16, 16), true);
    expect(pending.dueSinceMs).toBe(clock.now());
  });

  it("forgets what a reordering decoder cannot hold any more", () => {
    const pending = new PendingUnits(new FakeClock());
    const timestamps = Array.from({ length: 100 }, (_, i) => pending.add(unit(i, i), true));
    pending.take(timestamps[60] as number);
    expect(pending.size).toBe(100 - 44 - 1);
  });
});
