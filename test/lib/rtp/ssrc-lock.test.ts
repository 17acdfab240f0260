import { describe, expect, it } from "vitest";
import { SsrcLock } from "../../../lib/rtp/ssrc-lock.js";

const PAYLOAD = Buffer.alloc(10);

/** A lock, and a log of what it did: `ssrc:sequence` of packets that passed, and "switched". */
function setUp() {
  const log: string[] = [];
  let discardedBytes = 0;
  const lock = new SsrcLock({
    packet: (packet) => log.push(`${packet.ssrc}:${packet.sequence}`),
    switched: () => log.push("switched"),
    discarded: (bytes) => {
      discardedBytes += bytes;
    },
  });
  const push = (ssrc: number, sequence: number, nowMs: number) =>
    lock.push({ payloadType: 96, marker: false, sequence, timestamp: 0, ssrc, payload: PAYLOAD }, nowMs);
  return { log, push, discarded: () => discardedBytes };
}

describe("SsrcLock", () => {
  it("follows the first sender and discards another between its packets", () => {
    const { log, push, discarded } = setUp();
    for (const at of [0, 1, 2]) {
      push(7, at, at * 33);
      push(9, at, at * 33 + 1);
    }
    push(7, 3, 99);
    expect(log).toEqual(["7:0", "7:1", "7:2", "7:3"]);
    expect(discarded()).toBe(30);
  });

  it("does not fall for a burst of a rival", () => {
    const { log, push } = setUp();
    push(7, 0, 0);
    for (let sequence = 0; sequence < 50; sequence++) push(9, sequence, 10);
    push(7, 1, 33);
    expect(log).toEqual(["7:0", "7:1"]);
  });

  it("stays with a sender that goes on, however long the two have been sending", () => {
    const { log, push } = setUp();
    for (const nowMs of [0, 400, 800]) push(7, nowMs, nowMs);
    push(9, 0, 850);
    expect(log).toEqual(["7:0", "7:400", "7:800"]);
  });

  it("does not count the packets of two others together", () => {
    const { log, push, discarded } = setUp();
    push(7, 0, 0);
    for (let sequence = 0; sequence < 4; sequence++) push(9, sequence, 100);
    for (let sequence = 0; sequence < 4; sequence++) push(11, sequence, 110);
    expect(log).toEqual(["7:0"]);
    expect(discarded()).toBe(40);
  });

  it("goes over to a sender that delivers steadily while the first is silent, losing nothing of it", () => {
    const { log, push, discarded } = setUp();
    push(7, 0, 0);
    for (let sequence = 0; sequence < 20; sequence++) push(9, sequence, 50);
    push(9, 20, 100);
    expect(log).toEqual(["7:0", "switched", ...Array.from({ length: 21 }, (_, sequence) => `9:${sequence}`)]);
    expect(discarded()).toBe(0);
  });

  it("goes over to any sender when the first has been silent for half a second", () => {
    const { log, push } = setUp();
    push(7, 0, 0);
    push(9, 0, 499);
    expect(log).toEqual(["7:0"]);
    push(9, 1, 500);
    expect(log).toEqual(["7:0", "switched", "9:0", "9:1"]);
  });

  it("keeps 512 packets of another sender at most", () => {
    const { log, push } = setUp();
    push(7, 0, 0);
    for (let sequence = 0; sequence < 512; sequence++) push(9, sequence, 1);
    expect(log.slice(0, 3)).toEqual(["7:0", "switched", "9:0"]);
    expect(log).toHaveLength(514);
  });
});
