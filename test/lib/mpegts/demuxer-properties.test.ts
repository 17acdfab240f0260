import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import type { NalCodecName } from "../../../lib/codecs/nal-codec.js";
import { TsDemuxer } from "../../../lib/mpegts/demuxer.js";
import { TsMuxer } from "../../../lib/mpegts/muxer.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";
import { streamUnits } from "../rtp/stream-units.js";

const TINY = { width: 64, height: 64, fps: 30, frames: 6, gop: 3 };
const PACKET = 188;

/** What comes of chunks of bytes. */
function receive(chunks: readonly Buffer[], maxUnitBytes?: number): RecordingSink {
  const sink = new RecordingSink();
  const demuxer = new TsDemuxer({ sink, ...(maxUnitBytes !== undefined && { maxUnitBytes }) });
  for (const chunk of chunks) demuxer.push(chunk, 0);
  demuxer.flush();
  return sink;
}

describe.each<NalCodecName>(["h264", "h265"])("TsDemuxer, %s", (codec) => {
  let units: AccessUnit[];
  let capture: Buffer;

  beforeAll(async () => {
    units = await streamUnits({ ...TINY, codec });
    const muxer = new TsMuxer({ codec });
    capture = Buffer.concat(units.map((unit, index) => muxer.mux(unit, index * 33)));
  });

  it("gives the same access units for every point where the bytes may be split", () => {
    const expected = fingerprints(units);
    for (let at = 0; at <= capture.length; at++) {
      const sink = receive([capture.subarray(0, at), capture.subarray(at)]);
      if (sink.data.join() !== expected.join()) throw new Error(`other access units when split at ${at}`);
    }
  });

  it("gives the same access units for bytes that come one by one", () => {
    const sink = receive(Array.from(capture, (_, at) => capture.subarray(at, at + 1)));
    expect(sink.data).toEqual(fingerprints(units));
    expect([sink.lostCount, sink.discardedBytes]).toEqual([0, 0]);
  });

  it("never gives an access unit that was not sent when packets are lost, and counts the loss", () => {
    const sent = fingerprints(units);
    const count = capture.length / PACKET;
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: 14 }), (dropped) => {
        const kept = Array.from({ length: count }, (_, index) => index).filter((index) => !dropped.includes(index));
        const sink = receive(kept.map((index) => capture.subarray(index * PACKET, (index + 1) * PACKET)));
        const positions = sink.data.map((data) => sent.indexOf(data));
        expect(positions).not.toContain(-1);
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
        const [first = 0, last = -1] = [positions[0], positions.at(-1)];
        if (positions.length < last - first + 1) expect(sink.lostCount).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  it("never throws on bytes changed, and holds to its bound", () => {
    const change = fc.record({ at: fc.nat(capture.length - 1), value: fc.nat(255) });
    const maxUnitBytes = 4_000;
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 400 }),
        (changes, step) => {
          const bytes = Buffer.from(capture);
          for (const { at, value } of changes) bytes.writeUInt8(value, at);
          const chunks = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) =>
            bytes.subarray(index * step, (index + 1) * step),
          );
          const sink = receive(chunks, maxUnitBytes);
          const given = sink.units.reduce((sum, unit) => sum + unit.data.length, 0);
          // Start codes may grow from 3 bytes to 4, by as much as a NAL unit of one byte allows.
          expect(given).toBeLessThanOrEqual(bytes.length * 1.25);
          for (const unit of sink.units) expect(unit.data.length).toBeLessThanOrEqual(maxUnitBytes * 1.25);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("TsDemuxer and noise", () => {
  it("never throws, gives nothing, and counts what it skips", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 10 }), (chunks) => {
        const sink = receive(chunks.map((chunk) => Buffer.from(chunk)));
        const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
        expect(sink.units).toEqual([]);
        expect(sink.discardedBytes).toBeLessThanOrEqual(bytes);
        expect(sink.discardedBytes).toBeGreaterThan(bytes - 2 * PACKET - 1);
      }),
    );
  });

  it("never throws on packets of noise on the PIDs of tables and video", () => {
    const header = fc.tuple(fc.constantFrom(0, 0x100, 0x1000), fc.nat(255), fc.nat(255), fc.boolean());
    const packet = fc.tuple(header, fc.uint8Array({ minLength: 184, maxLength: 184 }));
    const tables = new TsMuxer({ codec: "h264" }).mux(
      { codec: "h264", data: Buffer.of(0, 0, 1, 0x65, 0x88), keyframe: true, receivedAtMs: 0 },
      0,
    );
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 40 }), (packets) => {
        const chunks = packets.map(([[pid, flags, field, start], body]) => {
          const bytes = Buffer.concat([Buffer.of(0x47, 0, 0, flags), body]);
          bytes.writeUInt16BE(pid | (start ? 0x4000 : 0), 1);
          bytes.writeUInt8(field, 4);
          return bytes;
        });
        receive([tables, ...chunks]);
      }),
    );
  });
});
