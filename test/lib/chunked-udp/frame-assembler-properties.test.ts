import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameAssembler } from "../../../lib/chunked-udp/frame-assembler.js";
import {
  type FieldBytes,
  frameDatagrams,
  MAX_FRAME_BYTES,
  parseChunk,
  parseFrameStart,
} from "../../../lib/chunked-udp/server-message.js";
import { RecordingFrameSink } from "./recording-frame-sink.js";
import { widenDatagram } from "./widen-datagram.js";

/** A frame whose bytes nobody else has: its place among the frames, over and over. */
const frameOf = (index: number, size: number): Buffer => Buffer.alloc(size, index + 1);

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 7_000 }), fc.constantFrom(1_200, 2_400)), {
  minLength: 1,
  maxLength: 6,
});

/** Which frames must come, told by the rules alone: all chunks, an end that is known, and nothing newer before. */
function expectedFrames(datagrams: readonly Buffer[], fieldBytes: FieldBytes, firstId: number): number[] {
  const counts = new Map<number, number>();
  const chunks = new Map<number, Set<number>>();
  const given: number[] = [];
  let started = false;
  for (const datagram of datagrams) {
    const start = parseFrameStart(datagram);
    const chunk = start ? undefined : parseChunk(datagram, fieldBytes);
    const place = (((start ?? chunk)?.frameId ?? 0) - firstId) >>> 0;
    if (given.some((newer) => newer >= place)) continue;
    started ||= start !== undefined;
    const have = chunks.get(place) ?? new Set();
    chunks.set(place, have);
    if (start) counts.set(place, start.chunkCount);
    if (chunk) have.add(chunk.index);
    if (chunk && started && chunk.payload.length < 1_200) counts.set(place, chunk.index + 1);
    if (have.size === counts.get(place)) given.push(place);
  }
  return given;
}

/** What a network makes of datagrams: each comes never, once or twice, and some come later than others. */
const network = (datagrams: Buffer[], reach: number) =>
  fc
    .array(fc.record({ copies: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 0), delay: fc.nat(reach) }), {
      minLength: datagrams.length,
      maxLength: datagrams.length,
    })
    .map((fates) =>
      datagrams
        .flatMap((datagram, index) => {
          const { copies, delay } = fates[index] as (typeof fates)[number];
          return Array.from({ length: copies }, (_, copy) => ({ datagram, at: index + delay * (copy + 1) }));
        })
        .sort((a, b) => a.at - b.at)
        .map(({ datagram }) => datagram),
    );

const streams = fc
  .record({ sizes, firstId: fc.constantFrom(0, 77, 0xffff_fffd), wide: fc.boolean(), reach: fc.constantFrom(0, 3, 40) })
  .chain(({ sizes, firstId, wide, reach }) => {
    const frames = sizes.map((size, index) => frameOf(index, size));
    const narrow = frames.flatMap((frame, index) => frameDatagrams((firstId + index) >>> 0, frame));
    const datagrams = wide ? narrow.map((datagram) => widenDatagram(datagram)) : narrow;
    const fieldBytes: FieldBytes = wide ? 8 : 4;
    return fc.record({
      ...{ frames: fc.constant(frames), firstId: fc.constant(firstId), fieldBytes: fc.constant(fieldBytes) },
      arrived: network(datagrams, reach),
    });
  });

describe("FrameAssembler, whatever the network does", () => {
  it("gives exactly the frames whose chunks all came, whole, in order, and counts the others", () => {
    fc.assert(
      fc.property(streams, ({ frames, firstId, fieldBytes, arrived }) => {
        const sink = new RecordingFrameSink();
        const assembler = new FrameAssembler(sink);
        for (const datagram of arrived) assembler.take(datagram, 0);
        const expected = expectedFrames(arrived, fieldBytes, firstId);
        expect(sink.frames.map((frame) => (frame[0] as number) - 1)).toEqual(expected);
        for (const [index, frame] of sink.frames.entries()) {
          expect(frame.equals(frames[expected[index] as number] as Buffer)).toBe(true);
        }
        assembler.expire(1_000);
        expect(assembler.heldBytes).toBe(0);
        expect(sink).toMatchObject({ restarts: 0, discardedBytes: 0 });
        const between = (expected.at(-1) ?? 0) - (expected[0] ?? 0) - Math.max(0, expected.length - 1);
        expect(sink.lostCount).toBeGreaterThanOrEqual(between);
        expect(sink.lostCount + sink.frames.length).toBeLessThanOrEqual(frames.length);
      }),
      { numRuns: 100 },
    );
  });

  it("gives nothing but pictures that were sent, of frames between mutated and forged datagrams", () => {
    const frames = [2_500, 1_200, 4_000].map((size, index) => frameOf(index, size));
    // No single changed byte makes one number of another.
    const datagrams = frames.flatMap((frame, index) => frameDatagrams(0x0101 * (index + 1), frame));
    const change = fc.record({ which: fc.nat(datagrams.length - 1), at: fc.nat(22), to: fc.nat(255), cut: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        const sink = new RecordingFrameSink();
        const assembler = new FrameAssembler(sink);
        for (const [index, datagram] of datagrams.entries()) {
          for (const { which, at, to, cut } of changes) {
            if (which !== index) continue;
            const changed = Buffer.from(datagram.subarray(0, datagram.length - cut));
            // A picture's own bytes may be anything: only those that tell where they belong are changed.
            if (at < 13 && at < changed.length) changed[at] = to;
            assembler.take(changed, 0);
          }
          assembler.take(datagram, 0);
        }
        return sink.frames.every((frame) => frame.every((byte) => byte === frame[0]));
      }),
      { numRuns: 100 },
    );
  });

  it("holds no more than two of the largest frames, whoever announces how many", () => {
    const sink = new RecordingFrameSink();
    const assembler = new FrameAssembler(sink);
    let most = 0;
    const look = (): void => {
      most = Math.max(most, assembler.heldBytes);
    };
    const start = frameDatagrams(0, Buffer.alloc(1))[0] as Buffer;
    start.writeUInt32LE(MAX_FRAME_BYTES - 1, 15);
    start.writeUInt32LE(Math.ceil(MAX_FRAME_BYTES / 1_200), 19);
    const chunk = Buffer.concat([Buffer.from("CHUNK"), Buffer.alloc(8), Buffer.alloc(1_200)]);
    for (let id = 0; id < 40; id++) {
      start.writeUInt32LE(id, 11);
      assembler.take(start, id);
      look();
    }
    expect(most, "announcements alone").toBe(0);
    for (let i = 0; i < 40_000; i++) {
      chunk.writeUInt32LE(i % 12 === 0 ? i : 1_000_000, 5);
      chunk.writeUInt32LE(i, 9);
      assembler.take(chunk, 50);
      if (i % 50 === 0) look();
    }
    expect(most).toBeLessThanOrEqual(2 * MAX_FRAME_BYTES);
    expect(sink.frames).toEqual([]);
    assembler.expire(1_050);
    expect(assembler.heldBytes).toBe(0);
  });
});
