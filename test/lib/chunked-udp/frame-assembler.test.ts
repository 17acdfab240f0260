import { describe, expect, it } from "vitest";
import { FrameAssembler } from "../../../lib/chunked-udp/frame-assembler.js";
import { frameDatagrams } from "../../../lib/chunked-udp/server-message.js";
import { RecordingFrameSink } from "./recording-frame-sink.js";
import { widenDatagram } from "./widen-datagram.js";

const picture = (letter: string, size = 3_000): Buffer => Buffer.alloc(size, letter);

function assemble() {
  const sink = new RecordingFrameSink();
  const assembler = new FrameAssembler(sink);
  return { sink, assembler, take: (list: readonly Buffer[], nowMs = 0) => takeAll(assembler, list, nowMs) };
}

function takeAll(assembler: FrameAssembler, datagrams: readonly Buffer[], nowMs: number): void {
  for (const datagram of datagrams) assembler.take(datagram, nowMs);
}

describe("FrameAssembler", () => {
  it("gives frames, of one byte too", () => {
    const { sink, take } = assemble();
    const frames = [picture("a", 1), picture("b", 1_200), picture("c", 300_000)];
    for (const [id, frame] of frames.entries()) take(frameDatagrams(id, frame));
    expect(sink.pictures).toEqual(["a 1", "b 1200", "c 300000"]);
    expect(sink).toMatchObject({ lostCount: 0, discardedBytes: 0, restarts: 0 });
  });

  it("takes chunks backwards, twice, and before their announcement, also in the first frame", () => {
    const { sink, take } = assemble();
    const datagrams = frameDatagrams(5, picture("a"));
    take([...datagrams, ...datagrams].reverse());
    take(frameDatagrams(6, picture("b")).reverse());
    expect(sink.pictures).toEqual(["a 3000", "b 3000"]);
    expect(sink.discardedBytes).toBe(0);
  });

  it("takes numbers of 8 bytes, whatever comes first, and a server that changes to them", () => {
    const { sink, take } = assemble();
    take(frameDatagrams(1, picture("a")));
    take(frameDatagrams(2, picture("b")).map((datagram) => widenDatagram(datagram)));
    const first = assemble();
    first.take(
      frameDatagrams(0, picture("c"))
        .map((datagram) => widenDatagram(datagram, 2n ** 32n + 9n))
        .reverse(),
    );
    expect([...sink.pictures, ...first.sink.pictures]).toEqual(["a 3000", "b 3000", "c 3000"]);
    expect(sink.discardedBytes).toBe(0);
  });

  it("gives a frame whose announcement is lost, once its short last chunk tells where it ends", () => {
    const { sink, take } = assemble();
    take(frameDatagrams(1, picture("a")));
    const [, ...chunks] = frameDatagrams(2, picture("b"));
    take(chunks);
    take(frameDatagrams(3, picture("c")).slice(1).reverse());
    const [, ...full] = frameDatagrams(4, picture("d", 2_400));
    take(full);
    take(frameDatagrams(5, picture("e")));
    expect(sink.pictures).toEqual(["a 3000", "b 3000", "c 3000", "e 3000"]);
    expect(sink.lostCount).toBe(1);
  });

  it("counts frames that are not whole when a newer one is, and those of which nothing came, and never goes back", () => {
    const { sink, take } = assemble();
    take(frameDatagrams(10, picture("a")));
    const late = frameDatagrams(12, picture("b"));
    take(late.slice(0, 2));
    take(frameDatagrams(14, picture("c")));
    take(late);
    expect(sink.pictures).toEqual(["a 3000", "c 3000"]);
    expect(sink.lostCount).toBe(3);
  });

  it("gives up a frame of which nothing came for a second, and counts it once", () => {
    const { sink, assembler, take } = assemble();
    take(frameDatagrams(1, picture("a")), 0);
    const [start, first, ...rest] = frameDatagrams(2, picture("b")) as [Buffer, Buffer, ...Buffer[]];
    take([start], 100);
    take([first], 900);
    assembler.expire(1_899);
    expect(sink.lostCount).toBe(0);
    assembler.expire(1_900);
    expect(sink.lostCount).toBe(1);
    expect(assembler.heldBytes).toBe(0);
    take(frameDatagrams(4, picture("d")), 1_950);
    take(rest, 1_960);
    expect(sink.pictures).toEqual(["a 3000", "d 3000"]);
    expect(sink.lostCount).toBe(2);
  });

  it("goes on over the end of 32 bits", () => {
    const { sink, take } = assemble();
    for (const id of [0xffff_fffe, 0xffff_ffff, 1]) take(frameDatagrams(id, picture("a")));
    take(frameDatagrams(0xffff_ffff, picture("b")));
    expect(sink.pictures).toHaveLength(3);
    expect(sink).toMatchObject({ lostCount: 1, restarts: 0 });
  });

  it("never makes one frame of two: another size with the same number is another picture", () => {
    const { sink, take } = assemble();
    take(frameDatagrams(1, picture("a", 5_000)).slice(0, 4));
    take(frameDatagrams(1, picture("b", 4_900)));
    take(frameDatagrams(2, picture("c")));
    expect(sink.pictures).toEqual(["b 4900", "c 3000"]);
    expect(sink.lostCount).toBe(1);
  });

  it("begins anew when old numbers come after a second of silence, not before", () => {
    const { sink, take } = assemble();
    take(frameDatagrams(500, picture("a")), 0);
    take(frameDatagrams(501, picture("x")).slice(0, 2), 10);
    take(frameDatagrams(1, picture("b")), 1_009);
    expect(sink).toMatchObject({ restarts: 0, lostCount: 0 });
    take(frameDatagrams(1, picture("c")).reverse(), 1_010);
    take(frameDatagrams(2, picture("d")), 1_040);
    expect(sink.pictures).toEqual(["a 3000", "c 3000", "d 3000"]);
    expect(sink).toMatchObject({ restarts: 1, lostCount: 1 });
  });

  it("takes a wide jump for a new server, and is not kept from the stream by a number of the future", () => {
    const { sink, take } = assemble();
    take(frameDatagrams(1, picture("a")), 0);
    take(frameDatagrams(1_000_000, picture("b")), 20);
    for (let i = 0; i < 40; i++) take(frameDatagrams(2 + i, picture("c")), 40 + 33 * i);
    expect(sink.pictures.slice(0, 3)).toEqual(["a 3000", "b 3000", "c 3000"]);
    expect(sink.pictures).toHaveLength(12);
    expect(sink).toMatchObject({ restarts: 2, lostCount: 0 });
  });

  it("refuses chunks whose length or index contradicts the announcement", () => {
    const { sink, take } = assemble();
    const [start, first, second, last] = frameDatagrams(1, picture("a")) as [Buffer, Buffer, Buffer, Buffer];
    const outside = Buffer.from(last);
    outside.writeUInt32LE(3, 9);
    const wrong = [first.subarray(0, -1), last.subarray(0, -1), Buffer.concat([last, Buffer.of(1)]), outside];
    take([wrong[0] as Buffer, start, ...wrong.slice(1)]);
    expect(sink.discardedBytes).toBe(wrong.reduce((sum, { length }) => sum + length, 0));
    take([first, second, last]);
    expect(sink.pictures).toEqual(["a 3000"]);
  });

  it("discards announcements that cannot be", () => {
    const { sink, take } = assemble();
    take([Buffer.from("FRAME_START of something else")]);
    expect(sink.discardedBytes).toBe(29);
  });
});
