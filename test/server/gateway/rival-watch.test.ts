import { describe, expect, it } from "vitest";
import { RivalWatch } from "../../../server/gateway/rival-watch.js";
import { FakeClock } from "../../support/fake-clock.js";

/** One session takes the place of another that gave pictures or did not. */
function takeOver(watch: RivalWatch, gavePictures = true): boolean {
  watch.begins("left");
  return watch.ends("left", gavePictures);
}

describe("cameras with the same id", () => {
  it("are noticed when they take each other's place again and again, and told of once a minute", () => {
    const clock = new FakeClock();
    const watch = new RivalWatch(clock);
    watch.begins("left");
    const told = Array.from({ length: 400 }, () => {
      clock.advance(250);
      return takeOver(watch);
    });
    const tellings = told.flatMap((isTold, index) => (isTold ? [index * 250] : []));
    expect(tellings).toEqual([1_000, expect.toSatisfy((atMs: number) => atMs >= 61_000 && atMs < 62_000)]);
  });

  it("are not supposed where a camera comes back, or fails to", () => {
    const clock = new FakeClock();
    const watch = new RivalWatch(clock);
    watch.begins("left");
    for (let count = 0; count < 100; count++) {
      clock.advance(10_000);
      expect(takeOver(watch)).toBe(false);
    }
    for (let count = 0; count < 100; count++) expect(takeOver(watch, false)).toBe(false);
    expect(watch.ends("left", true)).toBe(false);
    for (let count = 0; count < 100; count++) expect(takeOver(watch)).toBe(false);
    expect(watch.ends("right", true)).toBe(false);
  });
});
