import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JpegSplitter } from "../../../lib/codecs/jpeg-splitter.js";
import { DetectingParser } from "../../../lib/sources/detecting-parser.js";
import { RecordingSink } from "../../support/recording-sink.js";
import { smallJpeg } from "../../support/small-jpeg.js";

const PICTURES = [smallJpeg(1), smallJpeg(2, { thumbnail: true }), smallJpeg(3, { scans: 2 }), smallJpeg(4)];

function split(pieces: readonly Uint8Array[]): RecordingSink {
  const sink = new RecordingSink();
  const splitter = new JpegSplitter({ sink });
  for (const [i, piece] of pieces.entries()) splitter.push(Buffer.from(piece), i);
  return sink;
}

describe("pictures of MJPEG behind each other", () => {
  it("are the same at every split point, each with its last byte", () => {
    const stream = Buffer.concat(PICTURES);
    for (let at = 0; at <= stream.length; at++) {
      const { units, lostCount, discardedBytes } = split([stream.subarray(0, at), stream.subarray(at)]);
      expect(units.map(({ data }) => data)).toEqual(PICTURES);
      expect([lostCount, discardedBytes]).toEqual([0, 0]);
    }
    const { units } = split([...stream].map((byte) => Buffer.of(byte)));
    const ends = PICTURES.map((_, i) => Buffer.concat(PICTURES.slice(0, i + 1)).length - 1);
    expect(units.map(({ receivedAtMs, keyframe, codec }) => [receivedAtMs, keyframe, codec])).toEqual(
      ends.map((end) => [end, true, "mjpeg"]),
    );
  });

  it("are found behind anything, which is counted", () => {
    const [one, two] = [smallJpeg(1), smallJpeg(2)];
    const { units, discardedBytes, lostCount } = split([
      Buffer.from("HTTP/1.0 \xff\xff", "latin1"),
      one,
      Buffer.alloc(5),
      two,
    ]);
    expect(units.map(({ data }) => data)).toEqual([one, two]);
    expect([discardedBytes, lostCount]).toEqual([16, 0]);
  });

  it("count as lost without a size, and where they do not end", () => {
    expect(split([Buffer.of(0xff, 0xd8, 0xff, 0xd9), smallJpeg(1)])).toMatchObject({
      ...{ lostCount: 1, discardedBytes: 4 },
      units: [{ data: smallJpeg(1) }],
    });
    const endless = [Buffer.of(0xff, 0xd8, 0xff, 0xda, 0, 2), ...Array<Buffer>(17).fill(Buffer.alloc(1024 * 1024))];
    const { lostCount, discardedBytes, units } = split([...endless, smallJpeg(5)]);
    expect(lostCount).toBe(1);
    expect(discardedBytes).toBeGreaterThan(16 * 1024 * 1024);
    expect(units.map(({ data }) => data)).toEqual([smallJpeg(5)]);
  });

  it("are looked for from no more than two beginnings in each that is lost", () => {
    const beginnings = Buffer.alloc(300_000, Buffer.of(0xff, 0xd8, 0xff));
    const { lostCount, discardedBytes, units } = split([beginnings, Buffer.of(0xff, 0xd9), smallJpeg(1)]);
    expect([lostCount, discardedBytes, units.length]).toEqual([2, 300_002, 1]);
    const torn = split([Buffer.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0), smallJpeg(1)]);
    expect([torn.lostCount, torn.units.map(({ data }) => data)]).toEqual([1, [smallJpeg(1)]]);
  });

  it("lose or invent no byte, whatever comes", () => {
    const byte = fc.constantFrom(0xff, 0xd8, 0xd9, 0xc0, 0, 2, 17);
    const piece = fc.oneof(
      fc.constantFrom(...PICTURES),
      fc.uint8Array({ maxLength: 40 }),
      fc.array(byte).map(Buffer.from),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (pieces, step) => {
        const stream = Buffer.concat(pieces);
        const cut = Array.from({ length: Math.ceil(stream.length / step) }, (_, i) =>
          stream.subarray(i * step, (i + 1) * step),
        );
        const [whole, inPieces] = [split([stream]), split(cut)];
        expect(inPieces.data).toEqual(whole.data);
        expect(inPieces.discardedBytes).toBe(whole.discardedBytes);
        const kept = whole.units.reduce((sum, { data }) => sum + data.length, 0);
        expect(kept + whole.discardedBytes).toBeLessThanOrEqual(stream.length);
      }),
    );
  });

  it("show by their first bytes that they are no H.264", () => {
    const sink = new RecordingSink();
    const parser = new DetectingParser({ transport: "stream", sink });
    const stream = Buffer.concat(PICTURES);
    for (const at of stream.keys()) parser.push(stream.subarray(at, at + 1), at);
    expect(sink.units.map(({ data }) => data)).toEqual(PICTURES);
  });
});
