import { describe, expect, it } from "vitest";
import type { RtpPacket } from "../../../lib/rtp/packet.js";
import { REORDER_WINDOW_MS, ReorderBuffer } from "../../../lib/rtp/reorder-buffer.js";

const NO_PAYLOAD = Buffer.alloc(0);

/** A buffer, and a log of what it let go: sequence numbers, "gap", "restart". */
function setUp(windowMs?: () => number) {
  const log: (number | string)[] = [];
  const arrivals: number[] = [];
  const sink = {
    packet: (packet: RtpPacket, arrivedAtMs: number) => {
      log.push(packet.sequence);
      arrivals.push(arrivedAtMs);
    },
    gap: () => log.push("gap"),
    restart: () => log.push("restart"),
  };
  const buffer = new ReorderBuffer(sink, { windowMs });
  const push = (sequence: number, nowMs = 0) => buffer.push(packetOf(sequence), nowMs);
  return { buffer, log, arrivals, push };
}

function packetOf(sequence: number): RtpPacket {
  return { payloadType: 96, marker: false, sequence: sequence & 0xffff, timestamp: 0, ssrc: 1, payload: NO_PAYLOAD };
}

describe("ReorderBuffer", () => {
  it("lets packets in sequence pass at once, over the wrap", () => {
    const { buffer, log, push } = setUp();
    for (const sequence of [0xfffe, 0xffff, 0, 1]) push(sequence);
    expect(log).toEqual([0xfffe, 0xffff, 0, 1]);
    expect([buffer.size, buffer.nextDeadlineMs()]).toEqual([0, undefined]);
  });

  it("holds packets behind a gap until it is filled", () => {
    const { log, push } = setUp();
    for (const sequence of [1, 4, 3]) push(sequence);
    expect(log).toEqual([1]);
    push(2);
    expect(log).toEqual([1, 2, 3, 4]);
  });

  it("drops duplicates, of packets that passed and of packets that wait", () => {
    const { log, push } = setUp();
    for (const sequence of [1, 1, 3, 3, 2, 2, 3, 1]) push(sequence);
    expect(log).toEqual([1, 2, 3]);
  });

  it("gives a gap up when the packets behind it have waited for the window", () => {
    const { buffer, log, arrivals, push } = setUp();
    push(1, 0);
    push(3, 5);
    push(4, 9);
    expect(buffer.nextDeadlineMs()).toBe(5 + REORDER_WINDOW_MS);
    buffer.expire(4 + REORDER_WINDOW_MS);
    expect(log).toEqual([1]);
    buffer.expire(5 + REORDER_WINDOW_MS);
    expect(log).toEqual([1, "gap", 3, 4]);
    expect(arrivals).toEqual([0, 5, 9]);
  });

  it("waits for as long as it is told, which may change while it waits", () => {
    let windowMs = 200;
    const { buffer, log, push } = setUp(() => windowMs);
    push(1, 0);
    push(3, 0);
    push(4, 199);
    expect(log).toEqual([1]);
    expect(buffer.nextDeadlineMs()).toBe(200);
    windowMs = 400;
    buffer.expire(399);
    expect(log).toEqual([1]);
    buffer.expire(400);
    expect(log).toEqual([1, "gap", 3, 4]);
  });

  it("counts the time of a second gap from when packets behind it came", () => {
    const { buffer, log, push } = setUp();
    push(1, 0);
    push(3, 0);
    push(5, 15);
    buffer.expire(REORDER_WINDOW_MS);
    expect(log).toEqual([1, "gap", 3]);
    expect(buffer.nextDeadlineMs()).toBe(15 + REORDER_WINDOW_MS);
    buffer.expire(15 + REORDER_WINDOW_MS);
    expect(log).toEqual([1, "gap", 3, "gap", 5]);
  });

  it("takes a missing packet that comes with others after the window, as when the process was held up", () => {
    const { log, push } = setUp();
    push(1, 0);
    push(3, 0);
    push(2, 3 * REORDER_WINDOW_MS);
    expect(log).toEqual([1, 2, 3]);
  });

  it("gives a gap up when a packet comes after the window, with no call of expire", () => {
    const { log, push } = setUp();
    push(1, 0);
    push(3, 0);
    push(4, REORDER_WINDOW_MS);
    expect(log).toEqual([1, "gap", 3, 4]);
  });

  it("drops a packet that comes after its gap was given up", () => {
    const { buffer, log, push } = setUp();
    push(1, 0);
    push(3, 0);
    buffer.expire(REORDER_WINDOW_MS);
    push(2, REORDER_WINDOW_MS);
    expect(log).toEqual([1, "gap", 3]);
  });

  it("begins anew after two packets in a row from far away", () => {
    const { log, push } = setUp();
    for (const sequence of [1, 2, 40_000, 40_001, 40_002]) push(sequence);
    expect(log).toEqual([1, 2, "restart", 40_000, 40_001, 40_002]);
  });

  it("forgets a single packet from far away", () => {
    const { log, push } = setUp();
    for (const sequence of [1, 40_000, 2, 40_001, 3]) push(sequence);
    expect(log).toEqual([1, 2, 3]);
  });

  it("holds 512 packets at most", () => {
    const { buffer, log, push } = setUp();
    push(0);
    for (let sequence = 2; sequence <= 514; sequence++) {
      push(sequence);
      expect(buffer.size).toBeLessThanOrEqual(512);
    }
    expect(log.slice(0, 3)).toEqual([0, "gap", 2]);
    expect(log).toHaveLength(515);
  });
});
