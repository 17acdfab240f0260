import { describe, expect, it } from "vitest";
import { QuickerWay } from "../../viewer/page/quicker-way.js";

/** Takes the way that is to be taken, so often, where each takes so long. */
function run(way: QuickerWay, times: number, tookMs: { draw: number; copy: number }): string {
  return Array.from({ length: times }, () => {
    const taken = way.next;
    way.took(taken, tookMs[taken]);
    return taken[0];
  }).join("");
}

describe("QuickerWay", () => {
  it("lets the browser draw where that is quick, and tries nothing else", () => {
    expect(run(new QuickerWay(), 20, { draw: 0.2, copy: 0 })).toBe("d".repeat(20));
  });

  it("copies where drawing takes long and copying does not", () => {
    expect(run(new QuickerWay(), 20, { draw: 5, copy: 0.5 })).toBe(`ddddd${"c".repeat(15)}`);
  });

  it("draws where copying takes longer", () => {
    expect(run(new QuickerWay(), 20, { draw: 5, copy: 9 })).toBe(`dddddccccc${"d".repeat(10)}`);
  });

  it("goes by the best time, since a busy machine makes anything slow", () => {
    const way = new QuickerWay();
    for (const tookMs of [40, 30, 0.3, 90, 20]) way.took("draw", tookMs);
    expect(run(way, 5, { draw: 50, copy: 1 })).toBe("ddddd");
  });

  it("leaves a way that cannot be taken", () => {
    const way = new QuickerWay();
    run(way, 6, { draw: 5, copy: 0.5 });
    way.cannot("copy");
    expect(run(way, 10, { draw: 5, copy: 0.5 })).toBe("d".repeat(10));
  });
});
