import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRtp, type RtpPacket } from "../../../lib/rtp/packet.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { Vp8Assembler } from "../../../lib/rtp/vp8-assembler.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";
import { makePacket } from "./make-packet.js";
import { makeFrame, packFrames } from "./vp8-packets.js";

const FRAMES = [true, false, false, false].map((keyframe, index) => makeFrame({ tag: index, length: 40, keyframe }));
/** Three packets each: 0 to 2, 3 to 5, 6 to 8, 9 to 11. */
const PIECES = FRAMES.map(() => [15, 15]);
const PACKETS = packFrames(FRAMES, { pieces: PIECES });

/** What comes of packets; `undefined` stands for one that is missing. */
function assemble(packets: readonly (Buffer | undefined)[], maxUnitBytes = 10_000) {
  const sink = new RecordingSink();
  const assembler = new Vp8Assembler({ sink, clockRate: 90_000, maxUnitBytes });
  for (const [index, packet] of packets.entries()) {
    if (packet) assembler.packet(parseRtp(packet) as RtpPacket, index);
    else assembler.gap();
  }
  return { sink, assembler, tags: sink.units.map(({ data }) => data.at(-1)), lost: sink.lostCount };
}

const without = (...missing: number[]) =>
  PACKETS.map((packet, index) => (missing.includes(index) ? undefined : packet));

describe("Vp8Assembler", () => {
  it("gives frames at their last packet, with what is known of them", () => {
    const { sink, assembler } = assemble(PACKETS);
    expect(sink.units).toEqual(
      FRAMES.map(({ data, keyframe }, index) => {
        const mediaTimeMs = expect.closeTo(index * (1_000 / 30), 6);
        return { codec: "vp8", data, keyframe, receivedAtMs: index * 3 + 2, mediaTimeMs };
      }),
    );
    expect([sink.lostCount, assembler.pending, assembler.misfires]).toEqual([0, false, 0]);
  });

  it("gives them where the timestamp changes when there are no markers", () => {
    const { tags, lost } = assemble(packFrames(FRAMES, { pieces: PIECES, marker: false }));
    expect([tags, lost]).toEqual([[0, 1, 2], 0]);
  });

  it("goes by the timestamps once a marker has proved wrong, and counts the frame that it tore", () => {
    const packets = packFrames(FRAMES, { pieces: PIECES }).map((packet) => {
      packet[1] = (packet[1] as number) | 0x80;
      return packet;
    });
    const { sink, assembler } = assemble(packets);
    expect([assembler.misfires, sink.lostCount]).toEqual([1, 1]);
    expect(sink.data.slice(1)).toEqual(fingerprints(FRAMES.slice(1, 3)));
  });

  it.each([
    ["a frame's first packet", [3], [0, 2, 3], 1],
    ["one in its middle", [4], [0, 2, 3], 1],
    ["its last", [5], [0, 2, 3], 1],
    ["a whole frame", [3, 4, 5], [0, 2, 3], 1],
    ["the end of one and the beginning of the next", [5, 6], [0, 3], 2],
    ["packets of one frame twice", [3, 5], [0, 2, 3], 1],
  ])("counts each frame that lacks something, and gives the others: without %s", (_name, missing, given, lost) => {
    expect(assemble(without(...missing))).toMatchObject({ tags: given, lost });
  });

  it("begins with the first whole frame, and counts nothing before it", () => {
    expect(assemble(PACKETS.slice(2))).toMatchObject({ tags: [1, 2, 3], lost: 0 });
  });

  it("passes over empty packets, as senders fill the line with", () => {
    const filler = makePacket({ sequence: 0, timestamp: 3_000, payload: Buffer.alloc(0) });
    const packets = PACKETS.flatMap((packet) => [packet, filler]);
    expect(assemble(packets)).toMatchObject({ tags: [0, 1, 2, 3], lost: 0 });
  });

  it("loses a frame that is bigger than it may be, and goes on", () => {
    const frames = [...FRAMES.slice(0, 2), makeFrame({ tag: 7, length: 5_000, keyframe: false }), ...FRAMES.slice(2)];
    const packets = packFrames(frames, { pieces: [] });
    expect(assemble(packets, 4_000)).toMatchObject({ tags: [0, 1, 2, 3], lost: 1 });
  });

  it("loses a frame whose bytes are none, or that begins twice", () => {
    const noise = makePacket({
      sequence: 0,
      timestamp: 3_000,
      marker: true,
      payload: Buffer.of(0x10, 0xff, 0xff, 0xff),
    });
    expect(assemble([...PACKETS.slice(0, 3), noise, ...PACKETS.slice(6)])).toMatchObject({ tags: [0, 2, 3], lost: 1 });
    const twice = [...PACKETS.slice(0, 4), ...PACKETS.slice(3)];
    expect(assemble(twice)).toMatchObject({ tags: [0, 2, 3], lost: 1 });
  });
});

/** Frames of any size in which a keyframe too has a byte that tells it apart, cut anywhere. */
const cutFrames = fc
  .array(fc.record({ length: fc.integer({ min: 11, max: 200 }), pieces: fc.array(fc.integer({ min: 1, max: 80 })) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((shapes) => {
    const frames = shapes.map(({ length }, tag) => makeFrame({ tag, length, keyframe: tag % 5 === 0 }));
    return { frames, packets: packFrames(frames, { pieces: shapes.map(({ pieces }) => pieces), sequence: 0xfffa }) };
  });

function parse(packets: readonly Buffer[]): RecordingSink {
  const sink = new RecordingSink();
  const parser = new RtpParser({ sink, codec: "vp8", payloadType: 96 });
  for (const [index, packet] of packets.entries()) parser.push(packet, index);
  parser.flush(Number.POSITIVE_INFINITY);
  return sink;
}

describe("RtpParser that is told VP8", () => {
  it("gives back frames that were cut anywhere", () => {
    fc.assert(
      fc.property(cutFrames, ({ frames, packets }) => {
        const sink = parse(packets);
        expect(sink.data).toEqual(fingerprints(frames));
        expect(sink.units.map(({ keyframe }) => keyframe)).toEqual(frames.map(({ keyframe }) => keyframe));
        expect([sink.lostCount, sink.discardedBytes]).toEqual([0, 0]);
      }),
    );
  });

  it("never gives a frame that was not sent, and counts a loss between two that were not sent one after the other", () => {
    fc.assert(
      fc.property(cutFrames, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), ({ frames, packets }, dice) => {
        const sent = fingerprints(frames);
        const sink = parse(packets.filter(() => dice.next().value !== 0));
        const positions = sink.data.map((data) => sent.indexOf(data));
        expect(positions).not.toContain(-1);
        const skipped = (positions.at(-1) ?? 0) - (positions[0] ?? 0) + 1 - positions.length;
        if (positions.length > 0 && skipped > 0) expect(sink.lostCount).toBeGreaterThan(0);
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      }),
    );
  });

  it("never throws on noise, and makes no more frames of it than there were packets", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.boolean(), fc.nat(2))), (noise) => {
        const sink = parse(
          noise.map(([payload, marker, timestamp], sequence) =>
            makePacket({ sequence, timestamp, marker, payload: Buffer.from(payload) }),
          ),
        );
        expect(sink.units.length + sink.lostCount).toBeLessThanOrEqual(2 * noise.length + 1);
      }),
    );
  });
});
