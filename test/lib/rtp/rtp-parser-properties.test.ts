import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import type { NalCodecName } from "../../../lib/codecs/nal-codec.js";
import { RtpPacketiser } from "../../../lib/rtp/packetiser.js";
import { REORDER_WINDOW_MS } from "../../../lib/rtp/reorder-buffer.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";
import { SMALL, streamUnits } from "./stream-units.js";

interface Arrival {
  packet: Buffer;
  atMs: number;
}

/** What comes of packets that arrive so, in order of arrival, with a flush whenever one is due. */
function receive(arrivals: readonly Arrival[]): RecordingSink {
  const sink = new RecordingSink();
  const parser = new RtpParser({ sink });
  for (const { packet, atMs } of [...arrivals].sort((a, b) => a.atMs - b.atMs)) {
    flushUntil(parser, atMs);
    parser.push(packet, atMs);
  }
  flushUntil(parser, Number.POSITIVE_INFINITY);
  return sink;
}

function flushUntil(parser: RtpParser, nowMs: number): void {
  for (let dueMs = parser.nextDeadlineMs(); dueMs !== undefined && dueMs <= nowMs; dueMs = parser.nextDeadlineMs()) {
    parser.flush(dueMs);
  }
}

describe.each<NalCodecName>(["h264", "h265"])("RtpParser, %s, on a bad network", (codec) => {
  let units: AccessUnit[];
  let packets: Buffer[];

  beforeAll(async () => {
    units = await streamUnits({ ...SMALL, codec, frames: 20, gop: 5, slices: 3 });
    const packetiser = new RtpPacketiser({ codec, maxPacketBytes: 400, initialSequence: 0xffe0 });
    packets = units.flatMap((unit, index) => packetiser.packets(unit, index * 3_000));
  });

  it("gives the same access units for any order within the window, with any duplicates", () => {
    const delay = fc.integer({ min: 1, max: REORDER_WINDOW_MS - 1 });
    const delays = fc.array(fc.tuple(delay, fc.option(delay)), {
      minLength: packets.length,
      maxLength: packets.length,
    });
    fc.assert(
      fc.property(delays, (drawn) => {
        const arrivals = packets.flatMap((packet, index): Arrival[] => {
          const [first, second] = drawn[index] ?? [0, null];
          // The parser takes the first packet that it sees for the first there is.
          const atMs = index + (index === 0 ? 0 : first);
          return [{ packet, atMs }, ...(second === null ? [] : [{ packet, atMs: index + second }])];
        });
        const sink = receive(arrivals);
        expect(sink.data).toEqual(fingerprints(units));
        expect([sink.lostCount, sink.discardedBytes]).toEqual([0, 0]);
      }),
      { numRuns: 40 },
    );
  });

  it("never gives an access unit that was not sent, none twice and none out of order", () => {
    const sent = fingerprints(units);
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
        fc.integer({ min: 1, max: 40 }),
        (dice, percent) => {
          const kept = packets.filter(() => (dice.next().value as number) >= percent);
          const got = receive(kept.map((packet, index) => ({ packet, atMs: index }))).data;
          const positions = got.map((data) => sent.indexOf(data));
          expect(positions).not.toContain(-1);
          expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("counts a loss when it went on behind one", () => {
    const sent = fingerprints(units);
    const index = fc.integer({ min: 1, max: packets.length - 1 });
    fc.assert(
      fc.property(fc.uniqueArray(index, { minLength: 1, maxLength: 10 }), (dropped) => {
        const kept = packets.filter((_, position) => !dropped.includes(position));
        const sink = receive(kept.map((packet, position) => ({ packet, atMs: position })));
        const last = sent.indexOf(sink.data.at(-1) ?? "");
        if (sink.units.length < last + 1) expect(sink.lostCount).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  it("never throws on packets with bytes changed or cut off, and holds nothing for ever", () => {
    const change = fc.record({
      packet: fc.nat(packets.length - 1),
      at: fc.nat(60),
      value: fc.nat(255),
      cut: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const changed: Buffer[] = packets.map((packet) => Buffer.from(packet));
        for (const { packet, at, value, cut } of changes) {
          const bytes = changed[packet] as Buffer;
          if (cut) changed[packet] = bytes.subarray(0, at);
          else if (bytes.length > 0) bytes.writeUInt8(value, Math.min(at, bytes.length - 1));
        }
        const sink = receive(changed.filter(({ length }) => length > 0).map((packet, atMs) => ({ packet, atMs })));
        expect(sink.units.length).toBeLessThanOrEqual(packets.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe("RtpParser and noise", () => {
  it("never throws, and counts what is no RTP", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 50 }), (datagrams) => {
        const sink = receive(datagrams.map((bytes, atMs) => ({ packet: Buffer.from(bytes), atMs })));
        expect(sink.units).toEqual([]);
      }),
    );
  });

  it("never throws on RTP of noise, whatever codec it is said to be", () => {
    const header = Buffer.from("806000000000000000000001", "hex");
    const payloads = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 50 });
    fc.assert(
      fc.property(
        payloads,
        fc.constantFrom<NalCodecName>("h264", "h265"),
        fc.constantFrom(96, 33),
        (bodies, codec, payloadType) => {
          const parser = new RtpParser({ sink: new RecordingSink(), codec });
          for (const [sequence, body] of bodies.entries()) {
            const packet = Buffer.concat([header, body]);
            packet.writeUInt8(payloadType, 1);
            packet.writeUInt16BE(sequence, 2);
            parser.push(packet, sequence);
          }
          parser.flush(1_000);
          expect(parser.nextDeadlineMs()).toBeUndefined();
        },
      ),
    );
  });
});
