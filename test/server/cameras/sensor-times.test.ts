import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SensorTimes } from "../../../server/cameras/sensor-times.js";
import { FakeClock } from "../../support/fake-clock.js";

const NOW_NS = 50_000_000_000n;

function entry(sensorNs: bigint): string {
  return `{\n    "ExposureTime": 16000,\n    "SensorTimestamp": ${sensorNs},\n    "AnalogueGain": 2.0\n`;
}

function times(): { clock: FakeClock; times: SensorTimes; wallUs: bigint } {
  const clock = new FakeClock();
  const made = new SensorTimes({ clock, fps: 30, bootNs: () => NOW_NS });
  return { clock, times: made, wallUs: BigInt(clock.wallNow()) * 1000n };
}

describe("SensorTimes", () => {
  it("turns the sensor's time into the wall clock's", () => {
    const { times: made, wallUs } = times();
    made.push(`[\n${entry(NOW_NS - 40_000_000n)}`);
    expect(made.next()).toBe(wallUs - 40_000n);
  });

  it("knows a picture's time before the brace that closes its entry comes", () => {
    const { times: made, wallUs } = times();
    made.push(`[\n{\n    "SensorTimestamp": ${NOW_NS - 1_000_000n}\n`);
    expect(made.next()).toBe(wallUs - 1_000n);
  });

  it("gives the pictures their own times in order, however the text is cut", () => {
    const text = `[\n${[30n, 20n, 10n].map((ms) => entry(NOW_NS - ms * 1_000_000n)).join("},\n")}`;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 6 }), (cuts) => {
        const { times: made, wallUs } = times();
        const edges = [0, ...cuts.sort((a, b) => a - b), text.length];
        for (let index = 1; index < edges.length; index++) made.push(text.slice(edges[index - 1], edges[index]));
        expect([made.next(), made.next(), made.next()]).toEqual([30n, 20n, 10n].map((ms) => wallUs - ms * 1000n));
      }),
    );
  });

  it("has none for a picture whose time is late, and stays in step after it", () => {
    const { times: made, wallUs } = times();
    expect(made.next()).toBeUndefined();
    made.push(entry(NOW_NS - 30_000_000n) + entry(NOW_NS - 20_000_000n));
    expect(made.next()).toBe(wallUs - 20_000n);
  });

  /** Ages in ms of the times of 40 pictures at 25 fps, after each of which `left` more times wait than there should. */
  function ages(left: number): (number | undefined)[] {
    const clock = new FakeClock();
    const startMs = clock.now();
    const bootNs = (): bigint => NOW_NS + BigInt(clock.now() - startMs) * 1_000_000n;
    const made = new SensorTimes({ clock, fps: 25, bootNs });
    const age = (): number | undefined => {
      const timeUs = made.next();
      return timeUs === undefined ? undefined : clock.wallNow() - Number(timeUs / 1000n);
    };
    made.push(entry(bootNs() - 20_000_000n));
    const told = [age()];
    for (let picture = -left; picture < 40; picture++) {
      clock.advance(40);
      made.push(entry(bootNs() - 20_000_000n));
      if (picture >= 0) told.push(age());
    }
    return told;
  }

  it("comes back into step after pictures that never came, once it is sure", () => {
    expect(ages(2)).toEqual([20, ...Array(29).fill(100), ...Array(11).fill(60)]);
    expect(ages(0)).toEqual(Array(41).fill(20));
  });

  it("gives pictures that waited together their own times", () => {
    const { times: made, wallUs } = times();
    made.push(entry(NOW_NS - 20_000_000n));
    made.next();
    const waited = [320n, 220n, 120n, 20n];
    made.push(waited.map((ms) => entry(NOW_NS - ms * 1_000_000n)).join(""));
    expect(waited.map(() => made.next())).toEqual(waited.map((ms) => wallUs - ms * 1000n));
  });

  it.each([
    ["lies ahead", NOW_NS + 1n * 1_000_000n],
    ["is more than 5 s old", NOW_NS - 5_001_000_000n],
  ])("has none where the time %s", (_name, sensorNs) => {
    const { times: made } = times();
    made.push(entry(sensorNs));
    expect(made.next()).toBeUndefined();
  });

  it("never throws on other text", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (chunks) => {
        const { times: made } = times();
        for (const chunk of chunks) made.push(chunk);
        expect(made.next()).toBeUndefined();
      }),
    );
  });
});
