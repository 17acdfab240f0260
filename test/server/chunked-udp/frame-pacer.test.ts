import { describe, expect, it } from "vitest";
import { FramePacer } from "../../../server/chunked-udp/frame-pacer.js";
import { FakeClock } from "../../support/fake-clock.js";

const KIB = 1024;

function setUp(frameBytes: number) {
  const clock = new FakeClock();
  const sent: Buffer[] = [];
  const pacer = new FramePacer((datagram) => sent.push(datagram), clock);
  const datagrams = Array.from({ length: frameBytes / KIB }, () => Buffer.alloc(KIB));
  return { clock, sent, pacer, datagrams, frame: { bytes: frameBytes, spanMs: 20 } };
}

describe("FramePacer", () => {
  it("sends up to 32 KiB at once", () => {
    const { clock, sent, pacer, datagrams, frame } = setUp(32 * KIB);
    pacer.start(datagrams, frame);
    expect(sent.length).toBe(32);
    expect(pacer.busy).toBe(false);
    expect(clock.waiting).toBe(0);
  });

  it("spreads what is beyond that at 12 KiB a millisecond", () => {
    const { clock, sent, pacer, datagrams, frame } = setUp(80 * KIB);
    pacer.start(datagrams, frame);
    const counts = [sent.length];
    while (pacer.busy) {
      clock.advance(1);
      counts.push(sent.length);
    }
    expect(counts).toEqual([32, 44, 56, 68, 80]);
    expect(sent.every((datagram, index) => datagram === datagrams[index])).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it("is faster where the frame would take longer than it may", () => {
    const { clock, sent, pacer, datagrams, frame } = setUp(432 * KIB);
    pacer.start(datagrams, frame);
    clock.advance(10);
    expect(sent.length).toBe(32 + 200);
    clock.advance(10);
    expect(pacer.busy).toBe(false);
  });

  it("catches up after a late timer in bounded steps", () => {
    const { clock, sent, pacer, datagrams, frame } = setUp(200 * KIB);
    pacer.start(datagrams, frame);
    clock.block(10);
    expect(sent.length).toBe(32 + 24);
    clock.advance(1);
    expect(sent.length).toBe(32 + 48);
  });

  it("sends nothing more once it is stopped", () => {
    const { clock, sent, pacer, datagrams, frame } = setUp(200 * KIB);
    pacer.start(datagrams, frame);
    pacer.stop();
    clock.advance(100);
    expect(sent.length).toBe(32);
    expect(pacer.busy).toBe(false);
  });
});
