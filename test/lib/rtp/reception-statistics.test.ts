import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReceptionStatistics } from "../../../lib/rtp/reception-statistics.js";
import { parseRtcp, type SenderReport } from "../../../lib/rtp/rtcp.js";

const SSRC = 0xabc;
const REPORT: SenderReport = { ssrc: SSRC, ntpMs: 500, rtpTimestamp: 0, packets: 0, octets: 0 };

/** Statistics at 8 kHz, after packets with these sequence numbers, all at once. */
function statisticsOf(...sequences: number[]): ReceptionStatistics {
  const statistics = new ReceptionStatistics({ clockRate: 8_000 });
  receive(statistics, ...sequences);
  return statistics;
}

function receive(statistics: ReceptionStatistics, ...sequences: number[]): void {
  for (const sequence of sequences) statistics.packet({ sequence, timestamp: 0, ssrc: SSRC }, 0);
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (first + index) % 0x1_0000);
}

describe("ReceptionStatistics", () => {
  it("has nothing to say before the first packet", () => {
    const statistics = statisticsOf();
    statistics.senderReport(REPORT, 0);
    expect(statistics.block(0)).toBeUndefined();
  });

  it("tells of a stream that lost nothing", () => {
    expect(statisticsOf(5, 6, 7).block(0)).toEqual({
      ...{ ssrc: SSRC, fractionLost: 0, cumulativeLost: 0, highestSequence: 7, jitter: 0 },
      ...{ lastSenderReport: 0, delaySinceLastSenderReport: 0 },
    });
  });

  it.each<[string, number[], { highestSequence: number; cumulativeLost: number; fractionLost?: number }]>([
    ["a gap", [1, 2, 5], { highestSequence: 5, cumulativeLost: 2, fractionLost: 0.4 }],
    ["a gap that a late packet fills", [1, 2, 4, 3], { highestSequence: 4, cumulativeLost: 0, fractionLost: 0 }],
    ["duplicates", [1, 2, 2, 2], { highestSequence: 2, cumulativeLost: -2, fractionLost: 0 }],
    ["the wrap", [65_534, 65_535, 0, 1], { highestSequence: 0x1_0001, cumulativeLost: 0 }],
    ["a gap over the wrap", [65_535, 2], { highestSequence: 0x1_0002, cumulativeLost: 2, fractionLost: 0.5 }],
    ["a late packet from before the wrap", [65_534, 0, 65_535, 1], { highestSequence: 0x1_0001, cumulativeLost: 0 }],
    ["the largest gap", [1, 3_000], { highestSequence: 3_000, cumulativeLost: 2_998 }],
    ["the latest packet", [200, 101], { highestSequence: 200, cumulativeLost: -1 }],
    ["one stray packet ahead", [1, 2, 3_002, 3], { highestSequence: 3, cumulativeLost: 0 }],
    ["one stray packet behind", [200, 100, 201], { highestSequence: 201, cumulativeLost: 0 }],
    ["stray packets that do not follow each other", [1, 9_000, 2, 9_001, 3], { highestSequence: 3, cumulativeLost: 0 }],
    ["a restart", [1, 2, 9_000, 9_001, 9_002], { highestSequence: 9_002, cumulativeLost: 0 }],
    ["a restart behind", [9_000, 5, 6, 8], { highestSequence: 8, cumulativeLost: 1 }],
    ["a restart over the wrap", [9_000, 65_535, 0], { highestSequence: 0, cumulativeLost: 0 }],
  ])("counts %s", (_what, sequences, expected) => {
    expect(statisticsOf(...sequences).block(0)).toMatchObject(expected);
  });

  it("counts wraps for as long as the stream lasts", () => {
    const statistics = statisticsOf();
    for (let turn = 0; turn < 3; turn++) receive(statistics, ...range(0, 0x1_0000));
    expect(statistics.block(0)).toMatchObject({ highestSequence: 0x2_ffff, cumulativeLost: 0 });
  });

  it("tells the fraction lost since the last block, and the sum since the start", () => {
    const statistics = statisticsOf(1, 2, 3, 5);
    expect(statistics.block(0)).toMatchObject({ fractionLost: 0.2, cumulativeLost: 1 });
    receive(statistics, 6, 9);
    expect(statistics.block(0)).toMatchObject({ fractionLost: 0.5, cumulativeLost: 3 });
    receive(statistics, 10, 11);
    expect(statistics.block(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 3 });
    expect(statistics.block(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 3 });
    receive(statistics, 7, 8);
    expect(statistics.block(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 1 });
  });

  it("begins anew with another SSRC", () => {
    const statistics = statisticsOf(1, 5, 9);
    statistics.senderReport(REPORT, 0);
    statistics.packet({ sequence: 700, timestamp: 1e9, ssrc: 4 }, 50);
    expect(statistics.block(1_000)).toEqual({
      ...{ ssrc: 4, fractionLost: 0, cumulativeLost: 0, highestSequence: 700, jitter: 0 },
      ...{ lastSenderReport: 0, delaySinceLastSenderReport: 0 },
    });
  });

  it("counts as a model does, over losses, reordering, duplicates and wraps", () => {
    const step = fc.record({ ahead: fc.integer({ min: 1, max: 90 }), late: fc.nat(99), report: fc.nat(9) });
    fc.assert(
      fc.property(fc.nat(0xffff), fc.array(step, { maxLength: 500, size: "max" }), (first, steps) => {
        const statistics = statisticsOf(first);
        let highest = first;
        let received = 1;
        let prior = { expected: 0, received: 0 };
        for (const { ahead, late, report } of steps) {
          highest += ahead;
          receive(statistics, highest % 0x1_0000, Math.max(highest - late, 0) % 0x1_0000);
          received += 2;
          if (report > 0) continue;
          const expected = highest - first + 1;
          const lost = expected - prior.expected - (received - prior.received);
          expect(statistics.block(0)).toMatchObject({
            highestSequence: highest,
            cumulativeLost: expected - received,
            fractionLost: Math.max(0, lost) / (expected - prior.expected),
          });
          prior = { expected, received };
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe("jitter", () => {
  const jitterOf = (packets: [timestamp: number, arrivedAtMs: number][]): number | undefined => {
    const statistics = statisticsOf();
    for (const [sequence, [timestamp, arrivedAtMs]] of packets.entries()) {
      statistics.packet({ sequence, timestamp, ssrc: SSRC }, arrivedAtMs);
    }
    return statistics.block(0)?.jitter;
  };

  it.each<[string, [number, number][], number]>([
    [
      "packets in step",
      [
        [0, 5],
        [160, 25],
        [320, 45],
      ],
      0,
    ],
    [
      "one that is 10 ms late: 80 / 16",
      [
        [0, 0],
        [160, 20],
        [320, 50],
      ],
      5,
    ],
    [
      "the next in time again: 5 + (80 - 5) / 16",
      [
        [0, 0],
        [160, 20],
        [320, 50],
        [480, 60],
      ],
      9,
    ],
    [
      "the timestamp's wrap",
      [
        [0xffff_ffb0, 0],
        [80, 20],
      ],
      0,
    ],
    [
      "a picture out of display order",
      [
        [320, 0],
        [160, 20],
      ],
      20,
    ],
  ])("is worked out from %s", (_what, packets, expected) => {
    expect(jitterOf(packets)).toBe(expected);
  });

  it("comes near to what it measures", () => {
    const packets = Array.from({ length: 400 }, (_, index): [number, number] => [
      index * 160,
      index * 20 + (index % 2),
    ]);
    expect(jitterOf(packets)).toBeGreaterThanOrEqual(7);
    expect(jitterOf(packets)).toBeLessThanOrEqual(8);
  });

  it("does not count the jump of a restart", () => {
    const statistics = statisticsOf(1, 2);
    statistics.packet({ sequence: 9_000, timestamp: 1e9, ssrc: SSRC }, 0);
    statistics.packet({ sequence: 9_001, timestamp: 1e9, ssrc: SSRC }, 0);
    statistics.packet({ sequence: 9_002, timestamp: 1e9, ssrc: SSRC }, 0);
    expect(statistics.block(0)).toMatchObject({ jitter: 0, highestSequence: 9_002 });
  });
});

describe("the last sender report", () => {
  it("is told with its age in units of 1/65536 s", () => {
    const statistics = statisticsOf(1);
    statistics.senderReport(REPORT, 1_000);
    expect(statistics.block(1_500)).toMatchObject({
      lastSenderReport: 0x7e80_8000,
      delaySinceLastSenderReport: 32_768,
    });
    statistics.senderReport({ ...REPORT, ntpMs: 1_500 }, 2_000);
    expect(statistics.block(2_000)).toMatchObject({ lastSenderReport: 0x7e81_8000, delaySinceLastSenderReport: 0 });
  });

  it("may come before the first packet", () => {
    const statistics = statisticsOf();
    statistics.senderReport(REPORT, 0);
    receive(statistics, 1);
    expect(statistics.block(0)).toMatchObject({ lastSenderReport: 0x7e80_8000 });
  });

  it("of another stream is not told", () => {
    const statistics = statisticsOf(1);
    statistics.senderReport({ ...REPORT, ssrc: 4 }, 0);
    expect(statistics.block(9)).toMatchObject({ lastSenderReport: 0, delaySinceLastSenderReport: 0 });
  });

  it("is named as GStreamer named the same one of ffmpeg", () => {
    const [sent] = parseRtcp(Buffer.from("80c8000651b65f41eeb155bffb645a1c9176063a0000000000000000", "hex"));
    const statistics = new ReceptionStatistics({ clockRate: 90_000 });
    statistics.packet({ sequence: 0xf6e, timestamp: 0x91760586, ssrc: 0x51b65f41 }, 0);
    if (sent?.kind === "sender-report") statistics.senderReport(sent.report, 0);
    expect(statistics.block(0)).toMatchObject({ lastSenderReport: 0x55bffb64 });
  });
});
