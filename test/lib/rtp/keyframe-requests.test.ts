import { describe, expect, it } from "vitest";
import { KeyframeRequests } from "../../../lib/rtp/keyframe-requests.js";
import { FakeClock } from "../../support/fake-clock.js";

/** Requests, and a log of when what was sent: a number stands for an estimate. */
function setUp() {
  const clock = new FakeClock();
  const startMs = clock.now();
  const sent: [atMs: number, what: "PLI" | number][] = [];
  const log = (what: "PLI" | number) => void sent.push([clock.now() - startMs, what]);
  const requests = new KeyframeRequests({ clock, ask: () => log("PLI"), estimate: log });
  return { clock, sent, requests };
}

describe("KeyframeRequests", () => {
  it("asks once where the keyframe comes soon", () => {
    const { clock, sent, requests } = setUp();
    requests.need();
    requests.need();
    clock.advance(299);
    requests.done();
    clock.advance(10_000);
    expect([sent, requests.count, clock.waiting]).toEqual([[[0, "PLI"]], 1, 0]);
  });

  it("asks for none where one comes right behind the loss", () => {
    const { clock, sent, requests } = setUp();
    requests.need();
    requests.done();
    clock.advance(10_000);
    expect([sent, clock.waiting]).toEqual([[], 0]);
  });

  it("asks no more often than every 300 ms, also where the keyframes that come are lost", () => {
    const { clock, sent, requests } = setUp();
    for (let loss = 0; loss < 10; loss++) {
      requests.need();
      clock.advance(50);
      requests.done();
      clock.advance(50);
    }
    expect(sent.map(([atMs]) => atMs)).toEqual([0, 300, 600, 900]);
  });

  it("tells one bandwidth and then another who has not sent a keyframe for half a second, once a second", () => {
    const { clock, sent, requests } = setUp();
    requests.need();
    clock.advance(3_000);
    expect(sent.filter(([, what]) => what !== "PLI")).toEqual([
      [600, 100_000_000],
      [1_800, 2_500_000],
      [3_000, 100_000_000],
    ]);
    expect(sent.filter(([, what]) => what === "PLI").map(([atMs]) => atMs)).toEqual(
      Array.from({ length: 11 }, (_, index) => index * 300),
    );
  });

  it("goes on with the other bandwidth the next time, as one that the sender knows does nothing", () => {
    const { clock, sent, requests } = setUp();
    for (const _time of [1, 2]) {
      requests.need();
      clock.advance(700);
      requests.done();
      clock.advance(5_000);
    }
    expect(sent.map(([, what]) => what).filter((what) => what !== "PLI")).toEqual([100_000_000, 2_500_000]);
  });
});
