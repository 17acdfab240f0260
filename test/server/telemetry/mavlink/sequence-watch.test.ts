import { describe, expect, it } from "vitest";
import { SequenceWatch } from "../../../../server/telemetry/mavlink/sequence-watch.js";

function lostAfter(...sequences: number[]): number {
  const watch = new SequenceWatch();
  for (const sequence of sequences) watch.add(1, 1, sequence);
  return watch.lost;
}

describe("SequenceWatch", () => {
  it.each([
    ["none in order", [3, 4, 5], 0],
    ["none over the wrap", [254, 255, 0, 1], 0],
    ["those left out", [3, 5, 9], 4],
    ["those left out over the wrap", [250, 4], 9],
    ["none twice", [3, 3, 4, 4, 5], 0],
    ["the one that comes late, once", [3, 5, 4, 6], 1],
    ["none when the sender begins anew", [100, 0, 1, 2], 0],
  ])("counts %s", (_what, sequences, lost) => {
    expect(lostAfter(...sequences)).toBe(lost);
  });

  it("keeps senders apart", () => {
    const watch = new SequenceWatch();
    watch.add(1, 1, 10);
    watch.add(1, 2, 200);
    watch.add(2, 1, 50);
    watch.add(1, 1, 11);
    watch.add(1, 2, 202);
    expect(watch.lost).toBe(1);
  });

  it("forgets the oldest of too many senders", () => {
    const watch = new SequenceWatch();
    for (let sender = 0; sender < 65; sender++) watch.add(sender, 1, 0);
    watch.add(0, 1, 100);
    watch.add(64, 1, 3);
    expect(watch.lost).toBe(2);
  });
});
