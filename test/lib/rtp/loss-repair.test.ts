import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LossRepair } from "../../../lib/rtp/loss-repair.js";
import { FakeClock } from "../../support/fake-clock.js";

/** A repair, and a log of when it asked for what. */
function setUp() {
  const clock = new FakeClock();
  const startMs = clock.now();
  const asked: [atMs: number, sequences: number[]][] = [];
  const ask = (sequences: number[]) => void asked.push([Math.round(clock.now() - startMs), sequences]);
  const repair = new LossRepair({ clock, ask });
  const take = (...sequences: number[]) => {
    for (const sequence of sequences) repair.packet(sequence & 0xffff);
  };
  return { clock, asked, repair, take };
}

const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

describe("LossRepair", () => {
  it("asks for nothing and sets no timer while nothing is missing, over the wrap", () => {
    const { clock, asked, take } = setUp();
    take(0xfffe, 0xffff, 0, 1, 1, 0, 2);
    expect([asked, clock.waiting]).toEqual([[], 0]);
  });

  it("asks for all that a gap swallowed, at once and together", () => {
    const { asked, take } = setUp();
    take(0xfffd, 2);
    expect(asked).toEqual([[0, [0xfffe, 0xffff, 0, 1]]]);
  });

  it("asks again each time that an answer takes longer than it should, at last no more", () => {
    const { clock, asked, take } = setUp();
    take(1, 3);
    clock.advance(1_000);
    // Each answer that does not come makes the next one wait a tenth longer.
    expect(asked.map(([atMs]) => atMs)).toEqual([0, 60, 126, 199, 278]);
    expect(new Set(asked.flatMap(([, sequences]) => sequences))).toEqual(new Set([2]));
    expect(clock.waiting).toBe(0);
  });

  it("asks for what is still missing in one packet, the youngest only when it is due", () => {
    const { clock, asked, take } = setUp();
    take(1, 3, 5, 4);
    clock.advance(30);
    take(7);
    clock.advance(30);
    expect(asked).toEqual([
      [0, [2]],
      [0, [4]],
      [30, [6]],
      [60, [2]],
    ]);
    clock.advance(6);
    take(2, 6);
    expect(clock.waiting).toBe(0);
  });

  it("counts what came because it was asked for, and stops asking", () => {
    const { clock, asked, repair, take } = setUp();
    take(1, 5, 2, 3, 4, 6);
    clock.advance(1_000);
    expect([repair.recovered, repair.asks, asked.length, clock.waiting]).toEqual([3, 1, 1, 0]);
  });

  it.each([
    { roundTripMs: 40, windowMs: [250, 250], pauseMs: [40, 60] },
    { roundTripMs: 5, windowMs: [250, 250], pauseMs: [20, 25] },
    { roundTripMs: 75, windowMs: [350, 390], pauseMs: [75, 95] },
    { roundTripMs: 150, windowMs: [400, 400], pauseMs: [150, 185] },
  ])("learns from the answers how long to wait for one: $roundTripMs ms", ({ roundTripMs, windowMs, pauseMs }) => {
    const { clock, asked, repair, take } = setUp();
    for (let sequence = 0; sequence < 200; sequence += 2) {
      take(sequence);
      clock.advance(roundTripMs);
      take(sequence - 1);
      clock.advance(1);
    }
    expect(repair.windowMs).toBeGreaterThanOrEqual(windowMs[0] as number);
    expect(repair.windowMs).toBeLessThanOrEqual(windowMs[1] as number);
    asked.length = 0;
    take(300);
    clock.advance(200);
    const [first, second] = asked.map(([atMs]) => atMs);
    expect((second as number) - (first as number)).toBeGreaterThanOrEqual(pauseMs[0] as number);
    expect((second as number) - (first as number)).toBeLessThanOrEqual(pauseMs[1] as number);
  });

  it("asks for 512 at most, the newest", () => {
    const { asked, take } = setUp();
    take(0, 400, 800);
    expect(asked.map(([, sequences]) => sequences.length)).toEqual([399, 399]);
    const { clock, asked: again, take: takeMore } = setUp();
    takeMore(0, 400, 800);
    clock.advance(61);
    expect(again.at(-1)?.[1]).toEqual([...range(287, 113), ...range(401, 399)]);
    takeMore(1_700);
    expect(again.at(-1)?.[1]).toEqual(range(1_188, 512));
  });

  it("takes a jump for a new beginning, not for a loss, when two packets in a row make it", () => {
    const { clock, asked, take } = setUp();
    take(1, 3, 20_000, 20_001, 20_002);
    expect([asked, clock.waiting]).toEqual([[[0, [2]]], 0]);
    take(20_004);
    expect(asked.at(-1)).toEqual([0, [20_003]]);
  });

  it("forgets a single packet from far away", () => {
    const { asked, take } = setUp();
    take(1, 20_000, 2, 20_001, 4);
    expect(asked).toEqual([[0, [3]]]);
  });

  it("forgets everything when another stream begins", () => {
    const { clock, asked, repair, take } = setUp();
    take(1, 3);
    repair.reset();
    take(500, 501);
    clock.advance(1_000);
    expect([asked.length, clock.waiting]).toEqual([1, 0]);
  });

  it("asks for nothing that came, for nothing that was not sent, and never for ever, whatever comes", () => {
    const arrival = fc.record({ step: fc.integer({ min: -30, max: 40 }), waitMs: fc.integer({ min: 0, max: 80 }) });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 80 }), (arrivals) => {
        const { clock, asked, take } = setUp();
        const came = new Set<number>();
        let [newest, position, seen] = [1_000, 1_000, 0];
        for (const { step, waitMs } of arrivals) {
          position = Math.max(1_000, newest + step);
          newest = Math.max(newest, position);
          take(position);
          came.add(position);
          clock.advance(waitMs);
          for (const [, sequences] of asked.slice(seen)) {
            for (const sequence of sequences) {
              expect(came.has(sequence)).toBe(false);
              expect(sequence).toBeLessThan(newest);
            }
          }
          seen = asked.length;
        }
        clock.advance(1_000);
        expect(clock.waiting).toBe(0);
      }),
    );
  });
});
