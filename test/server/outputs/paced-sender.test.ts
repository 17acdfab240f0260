import { beforeEach, describe, expect, it } from "vitest";
import { PacedSender } from "../../../server/outputs/paced-sender.js";
import { FakeClock } from "../../support/fake-clock.js";

const DATAGRAM_BYTES = 1_024;

describe("PacedSender", () => {
  let clock: FakeClock;
  let sender: PacedSender;
  let sent: { atMs: number; datagram: Buffer }[];
  let queued: number;

  beforeEach(() => {
    clock = new FakeClock();
    sent = [];
    queued = 0;
    const startMs = clock.now();
    const send = (datagram: Buffer): void => void sent.push({ atMs: clock.now() - startMs, datagram });
    sender = new PacedSender({ send, queuedBytes: () => queued }, clock);
  });

  const picture = (kibibytes: number): Buffer[] =>
    Array.from({ length: kibibytes }, (_, index) => Buffer.alloc(DATAGRAM_BYTES, index));

  function sentByTime(): Record<number, number> {
    const counts: Record<number, number> = {};
    for (const { atMs } of sent) counts[atMs] = (counts[atMs] ?? 0) + 1;
    return counts;
  }

  it("sends up to 64 KiB at once", () => {
    sender.send(picture(64));
    expect(sent).toHaveLength(64);
    expect(clock.waiting).toBe(0);
  });

  it("sends what exceeds it in steps of 32 KiB a millisecond", () => {
    sender.send(picture(200));
    clock.advance(100);
    expect(sentByTime()).toEqual({ 0: 64, 1: 32, 2: 32, 3: 32, 4: 32, 5: 8 });
    expect(clock.waiting).toBe(0);
  });

  it("takes 8 steps for the largest picture", () => {
    sender.send(picture(64 + 8 * 500));
    clock.advance(100);
    expect(sentByTime()).toEqual({ 0: 64, 1: 500, 2: 500, 3: 500, 4: 500, 5: 500, 6: 500, 7: 500, 8: 500 });
  });

  it("keeps the order, and sends what is left of one picture before the next", () => {
    const [large, small] = [picture(100), picture(2)];
    sender.send(large);
    sender.send(small);
    expect(sent.map(({ datagram }) => datagram)).toEqual([...large, ...small]);
    expect(sentByTime()).toEqual({ 0: 102 });
  });

  it("takes as many steps as a group of pictures needs, and puts pictures that come meanwhile behind it", () => {
    const [group, next] = [picture(64 + 20 * 32), picture(40)];
    sender.sendGently(group);
    clock.advance(2);
    sender.send(next);
    expect(sentByTime()).toEqual({ 0: 64, 1: 32, 2: 32 });
    clock.advance(100);
    expect(sent.map(({ datagram }) => datagram)).toEqual([...group, ...next]);
    expect(Object.values(sentByTime()).slice(1)).toEqual([...Array(21).fill(32), 8]);
    expect(clock.waiting).toBe(0);
  });

  it("sends what comes after such a group as ever", () => {
    sender.sendGently(picture(80));
    clock.advance(10);
    sender.send(picture(64));
    expect(sent).toHaveLength(80 + 64);
  });

  it("sends nothing more once it is stopped", () => {
    sender.send(picture(200));
    sender.stop();
    clock.advance(100);
    expect(sent).toHaveLength(64);
    expect(clock.waiting).toBe(0);
  });

  it("is late when the system has not taken for 250 ms what it was given", () => {
    sender.send(picture(2));
    queued = DATAGRAM_BYTES;
    clock.advance(250);
    expect(sender.late).toBe(false);
    clock.advance(1);
    expect(sender.late).toBe(true);
    queued = 0;
    expect(sender.late).toBe(false);
  });

  it("is late at once when far too much is held", () => {
    queued = 17 * 1024 * 1024;
    expect(sender.late).toBe(true);
  });
});
