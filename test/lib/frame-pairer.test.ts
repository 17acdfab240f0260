import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FramePairer, type Side } from "../../lib/frame-pairer.js";

/** A pairer whose frames are their own times, and what came out of it. */
function pairer(toleranceMs: number) {
  const pairs: [number, number][] = [];
  const skews: number[] = [];
  const unpaired = { left: [] as number[], right: [] as number[] };
  const core = new FramePairer<number>({
    toleranceMs,
    onPair: (left, right, skewMs) => {
      pairs.push([left, right]);
      skews.push(skewMs);
    },
    onUnpaired: (side, frame) => unpaired[side].push(frame),
  });
  const push = (side: Side, ...times: number[]): void => {
    for (const time of times) core.push(side, time, time);
  };
  return { core, push, pairs, skews, unpaired };
}

/** `L0 R5`: a left frame of 0 ms comes, then a right one of 5 ms. */
function play(script: string, toleranceMs = 16) {
  const played = pairer(toleranceMs);
  for (const word of script.split(" ")) played.push(word.startsWith("L") ? "left" : "right", Number(word.slice(1)));
  const { pairs, unpaired } = played;
  return { pairs: pairs.map((pair) => pair.join("+")).join(" "), ...unpaired };
}

describe("FramePairer", () => {
  it.each([
    { why: "one after the other", script: "L0 R5 L33 R38", pairs: "0+5 33+38" },
    { why: "the right one first", script: "R5 L0 R38 L33", pairs: "0+5 33+38" },
    { why: "the right one earlier", script: "L5 R0 R33 L38", pairs: "5+0 38+33" },
    { why: "exactly the tolerance apart", script: "L0 R16", pairs: "0+16" },
    { why: "one side late by several frames", script: "L0 L33 L66 R1 R34 R67", pairs: "0+1 33+34 66+67" },
    { why: "a frame that was lost", script: "L0 R1 L33 L66 R67", pairs: "0+1 66+67", left: [33] },
    { why: "half the rate", script: "L0 R0 L33 L66 R66 L100 L133 R133", pairs: "0+0 66+66 133+133", left: [33, 100] },
    { why: "too far apart", script: "L0 R17 L34 R51", pairs: "", left: [0, 34], right: [17] },
    { why: "one that is not newer", script: "L33 L0 L33 R33", pairs: "33+33", left: [0, 33] },
    { why: "frames before the other side began", script: "L0 L33 L66 R70", pairs: "66+70", left: [0, 33] },
  ])("pairs what belongs together: $why", ({ script, pairs, left = [], right = [] }) => {
    expect(play(script)).toEqual({ pairs, left, right });
  });

  it.each([
    { why: "it is here", script: "L0 L10 R8", pairs: "10+8", left: [0] },
    { why: "it is due, and comes", script: "L0 R0 L10 R18 L20", pairs: "0+0 20+18", left: [10] },
    { why: "it is due, and comes late", script: "L0 R0 L10 R18 L40", pairs: "0+0 10+18", left: [] },
    { why: "it is due on the other side", script: "L0 R0 R10 L18 R20", pairs: "0+0 18+20", right: [10] },
    { why: "it is as far", script: "L0 L10 R5", pairs: "0+5", left: [] },
  ])("leaves a partner to a nearer successor: $why", ({ script, pairs, left = [], right = [] }) => {
    expect(play(script)).toEqual({ pairs, left, right });
  });

  it("does not wait for a successor that never comes longer than for eight frames", () => {
    const { push, pairs } = pairer(16);
    push("left", 0, 10);
    push("right", 0, 18);
    expect(pairs).toEqual([[0, 0]]);
    push("right", ...Array.from({ length: 8 }, (_, index) => 28 + index * 10));
    expect(pairs).toEqual([
      [0, 0],
      [10, 18],
    ]);
  });

  it("keeps the newest eight of a side when the other one is silent", () => {
    const { push, pairs, unpaired } = pairer(16);
    push("left", ...Array.from({ length: 100 }, (_, index) => index * 33));
    expect(unpaired.left).toHaveLength(92);
    push("right", 92 * 33);
    expect(pairs).toEqual([[92 * 33, 92 * 33]]);
  });

  it.each([
    { why: "back", from: 5_000_000, to: 0 },
    { why: "forth", from: 0, to: 5_000_000 },
  ])("goes on when the clock of both is set $why", ({ from, to }) => {
    const { push, pairs } = pairer(16);
    for (const start of [from, to]) {
      push("left", start, start + 33);
      push("right", start + 1, start + 34);
    }
    expect(pairs.map(([left]) => left)).toEqual([from, from + 33, to, to + 33]);
  });

  it("gives up what waits when it is cleared, and takes any time then", () => {
    const { core, push, pairs, unpaired } = pairer(16);
    push("left", 100, 133);
    core.clear();
    expect(unpaired.left).toEqual([100, 133]);
    push("left", 50);
    push("right", 51);
    expect(pairs).toEqual([[50, 51]]);
  });

  it("tells the skew with its sign", () => {
    const { push, skews } = pairer(16);
    push("left", 0, 33);
    push("right", 5, 30);
    expect(skews).toEqual([5, -3]);
  });

  it("pairs within the tolerance, in order, each frame once, and holds few, whatever comes", () => {
    const step = fc.tuple(fc.constantFrom<Side>("left", "right"), fc.integer({ min: -2_000, max: 60 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 50 }), (steps, toleranceMs) => {
        const { core, pairs, skews, unpaired } = pairer(toleranceMs);
        const times = { left: [] as number[], right: [] as number[] };
        const last = { left: 0, right: 0 };
        for (const [index, [side, gap]] of steps.entries()) {
          // Mostly forth; a step back of up to a second finds no partner, a longer one is a clock that was set.
          last[side] += index % 10 === 0 ? gap : Math.abs(gap) % 60;
          core.push(side, times[side].push(last[side]) - 1, last[side]);
          for (const [lane, place] of [["left", 0] as const, ["right", 1] as const]) {
            expect(times[lane].length - pairs.length - unpaired[lane].length).toBeLessThanOrEqual(8);
            expect(pairs.at(-1)?.[place] ?? 0).toBeGreaterThanOrEqual(pairs.at(-2)?.[place] ?? 0);
          }
        }
        core.clear();
        for (const [left, right] of pairs) {
          expect(Math.abs((times.right[right] ?? 0) - (times.left[left] ?? 0))).toBeLessThanOrEqual(toleranceMs);
        }
        expect(skews).toEqual(pairs.map(([left, right]) => (times.right[right] ?? 0) - (times.left[left] ?? 0)));
        const out = (lane: Side, place: 0 | 1): number[] =>
          [...pairs.map((pair) => pair[place]), ...unpaired[lane]].sort((one, other) => one - other);
        expect(out("left", 0)).toEqual([...times.left.keys()]);
        expect(out("right", 1)).toEqual([...times.right.keys()]);
      }),
    );
  });

  const stream = {
    gapMs: fc.integer({ min: 8, max: 100 }),
    toleranceShare: fc.double({ min: 0.5, max: 3, noNaN: true }),
    framesLate: fc.integer({ min: 0, max: 6 }),
  };
  const FRAMES = 40;

  /** Both streams at one rate, the right one later by so many frames on its way. */
  function playBoth(
    left: (index: number) => number,
    right: (index: number) => number,
    options: { late: number; toleranceMs: number },
  ) {
    const played = pairer(options.toleranceMs);
    for (let index = 0; index < FRAMES + options.late; index++) {
      if (index < FRAMES) played.push("left", left(index));
      if (index >= options.late) played.push("right", right(index - options.late));
    }
    return played;
  }

  it("pairs each frame of two cameras in step with its own, whatever the jitter, the delay and the tolerance", () => {
    const jitter = fc.array(fc.double({ min: -0.12, max: 0.12, noNaN: true }), { minLength: 80, maxLength: 80 });
    fc.assert(
      fc.property(stream.gapMs, stream.toleranceShare, stream.framesLate, jitter, (gapMs, share, late, jitters) => {
        const left = (index: number): number => (index + (jitters[index] ?? 0)) * gapMs;
        const right = (index: number): number => (index + (jitters[index + FRAMES] ?? 0)) * gapMs;
        const { pairs } = playBoth(left, right, { late, toleranceMs: share * gapMs });
        expect(pairs).toEqual(Array.from({ length: FRAMES }, (_, index) => [left(index), right(index)]));
      }),
    );
  });

  it("finds the nearest partners of two cameras out of step after the first pair, whatever the tolerance", () => {
    const phase = fc.double({ min: 0, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(stream.gapMs, stream.toleranceShare, stream.framesLate, phase, (gapMs, share, late, shift) => {
        const right = (index: number): number => (index + shift) * gapMs;
        const { skews } = playBoth((index) => index * gapMs, right, { late, toleranceMs: share * gapMs });
        const nearest = Math.min(shift, 1 - shift) * gapMs;
        expect(skews.length).toBeGreaterThanOrEqual(FRAMES - 3);
        for (const skew of skews.slice(1)) expect(Math.abs(skew)).toBeCloseTo(nearest, 6);
      }),
    );
  });
});
