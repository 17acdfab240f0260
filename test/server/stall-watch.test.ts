import { describe, expect, it } from "vitest";
import { StallWatch } from "../../server/stall-watch.js";
import { FakeClock } from "../support/fake-clock.js";

function watching(timeoutMs: number) {
  const clock = new FakeClock();
  const stalls: number[] = [];
  const watch = new StallWatch({ clock, timeoutMs, onStall: () => void stalls.push(clock.now()) });
  return { clock, stalls, watch, startMs: clock.now() };
}

describe("StallWatch", () => {
  it("tells once when nothing happened for the time given", () => {
    const { clock, stalls, startMs } = watching(800);
    clock.advance(799);
    expect(stalls).toEqual([]);
    clock.advance(10_000);
    expect(stalls).toEqual([startMs + 800]);
    expect(clock.waiting).toBe(0);
  });

  it("begins anew each time that it happens", () => {
    const { clock, stalls, watch, startMs } = watching(800);
    for (let tick = 0; tick < 10; tick++) {
      clock.advance(700);
      watch.alive();
    }
    expect(stalls).toEqual([]);
    clock.advance(800);
    expect(stalls).toEqual([startMs + 7_800]);
  });

  it("does not take a pause of this process for silence, in which timers fire late and once", () => {
    let tick = (): void => {};
    const clock = new FakeClock();
    clock.every = (_intervalMs, callback) => {
      tick = callback;
      return { cancel: () => {} };
    };
    let stalls = 0;
    new StallWatch({ clock, timeoutMs: 800, onStall: () => void stalls++ });
    clock.advance(60_000);
    tick();
    expect(stalls).toBe(0);
  });

  it("tells nothing once it is stopped", () => {
    const { clock, stalls, watch } = watching(800);
    watch.stop();
    clock.advance(10_000);
    expect(stalls).toEqual([]);
  });
});
