import { describe, expect, it } from "vitest";
import { type Trouble, troubleError, Watchdog } from "../../lib/watchdog.js";
import { FakeClock } from "../support/fake-clock.js";

function watch() {
  const clock = new FakeClock();
  const troubles: Trouble[] = [];
  const now = { lagMs: 0, decoderSilentMs: 0 };
  const watchdog = new Watchdog({
    clock,
    stallTimeoutMs: 2_000,
    maxLagMs: 1_000,
    lagMs: () => now.lagMs,
    decoderSilentMs: () => now.decoderSilentMs,
    onTrouble: (trouble) => troubles.push(trouble),
  });
  return { clock, troubles, now, watchdog };
}

/** Time in which the event loop runs, as it looks to a timer. */
function run(clock: FakeClock, milliseconds: number, each?: () => void): void {
  for (let i = 0; i < milliseconds; i += 50) {
    each?.();
    clock.advance(50);
  }
}

describe("Watchdog", () => {
  it("waits for ever while nothing is connected", () => {
    const { clock, troubles } = watch();
    run(clock, 60_000);
    expect(troubles).toEqual([]);
  });

  it("notices that no bytes come, once", () => {
    const { clock, troubles, watchdog } = watch();
    watchdog.connected();
    run(clock, 1_900);
    expect(troubles).toEqual([]);
    run(clock, 10_000);
    expect(troubles).toEqual(["no-bytes"]);
  });

  it("notices bytes without pictures", () => {
    const { clock, troubles, watchdog } = watch();
    watchdog.connected();
    run(clock, 3_000, () => watchdog.bytes());
    expect(troubles).toEqual(["no-pictures"]);
  });

  it("gives a stream of pictures without keyframe 15 s", () => {
    const { clock, troubles, watchdog } = watch();
    const pictures = () => {
      watchdog.bytes();
      watchdog.unit(false);
    };
    watchdog.connected();
    run(clock, 14_000, pictures);
    expect(troubles).toEqual([]);
    run(clock, 2_000, pictures);
    expect(troubles).toEqual(["no-keyframe"]);
  });

  it("is content while usable pictures come", () => {
    const { clock, troubles, watchdog } = watch();
    watchdog.connected();
    run(clock, 60_000, () => {
      watchdog.bytes();
      watchdog.unit(true);
    });
    expect(troubles).toEqual([]);
  });

  it("blames nobody for time in which the event loop was blocked", () => {
    const { clock, troubles, watchdog } = watch();
    watchdog.connected();
    run(clock, 500, () => watchdog.bytes());
    clock.block(5_000);
    expect(troubles).toEqual([]);
  });

  it("notices a silent decoder also while disconnected", () => {
    const { clock, troubles, now } = watch();
    now.decoderSilentMs = 2_100;
    run(clock, 150);
    expect(troubles[0]).toBe("decoder-silent");
  });

  it("notices lag over the bound", () => {
    const { clock, troubles, watchdog, now } = watch();
    watchdog.connected();
    now.lagMs = 1_200;
    run(clock, 200, () => watchdog.bytes());
    expect(troubles).toEqual(["lag"]);
  });

  it("leaves no timer behind", () => {
    const { clock, watchdog } = watch();
    watchdog.close();
    expect(clock.waiting).toBe(0);
  });

  it("says what it saw in one line", () => {
    expect(troubleError("tcp://h:1", "no-bytes", 2_050)).toMatchObject({
      code: "stalled",
      message: "tcp://h:1: nothing came for 2.0 s",
    });
    expect(troubleError("tcp://h:1", "lag", 1_500)).toMatchObject({ code: "lagging" });
  });
});
