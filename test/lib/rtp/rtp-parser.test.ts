import { describe, expect, it } from "vitest";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import { jpegSize } from "../../../lib/codecs/jpeg.js";
import { RtpParser, type RtpParserOptions } from "../../../lib/rtp/rtp-parser.js";
import { RecordingSink } from "../../support/recording-sink.js";
import { makeJpegPayload } from "./make-jpeg-payload.js";
import { type MakePacketOptions, makePacket, NALS } from "./make-packet.js";

type Step = Omit<MakePacketOptions, "payload" | "sequence"> & { nal: Buffer; sequence?: number; atMs?: number };

/** A parser of H.264, and a way to give it packets, numbered on from the last unless they say otherwise. */
function setUp(options: { maxUnitBytes?: number; clockRate?: number } = {}) {
  const sink = new RecordingSink();
  const parser = new RtpParser({ sink, codec: "h264", ...options });
  let next = 0xfffd;
  const push = ({ nal, atMs = 0, sequence = next, ...fields }: Step) => {
    next = sequence + 1;
    parser.push(makePacket({ ...fields, sequence, payload: nal }), atMs);
  };
  const keyframe = (timestamp: number, tag: number) => {
    push({ nal: NALS.sps(), timestamp });
    push({ nal: NALS.keySlice(tag), timestamp, marker: true });
  };
  const picture = (timestamp: number, tag: number) => push({ nal: NALS.slice(tag), timestamp, marker: true });
  const skip = (count: number) => {
    next += count;
  };
  const units = () => sink.units.map((unit) => unit.data);
  return { sink, parser, push, keyframe, picture, skip, units };
}

const keyframeData = (tag: number) => joinNalUnits([NALS.sps(), NALS.keySlice(tag)]);
const pictureData = (tag: number) => joinNalUnits([NALS.slice(tag)]);

describe("RtpParser: where access units end", () => {
  it("emits at the marker bit, without waiting for the next packet", () => {
    const { push, units } = setUp();
    push({ nal: NALS.sps(), timestamp: 1 });
    push({ nal: NALS.keySlice(1), timestamp: 1, marker: true });
    expect(units()).toEqual([keyframeData(1)]);
  });

  it("emits at a change of timestamp where the marker bit is never set", () => {
    const { push, units, sink } = setUp();
    push({ nal: NALS.sps(), timestamp: 1, atMs: 1 });
    push({ nal: NALS.keySlice(1), timestamp: 1, atMs: 2 });
    push({ nal: NALS.slice(2), timestamp: 2, atMs: 9 });
    expect(units()).toEqual([keyframeData(1)]);
    expect(sink.units[0]?.receivedAtMs).toBe(2);
  });

  it("keeps parameter sets that come with a marker bit or a time of their own for their picture", () => {
    const { push, units, sink } = setUp();
    push({ nal: NALS.sps(), timestamp: 1, marker: true });
    push({ nal: NALS.pps(), timestamp: 2, marker: true });
    push({ nal: NALS.keySlice(1), timestamp: 3, marker: true });
    expect(units()).toEqual([joinNalUnits([NALS.sps(), NALS.pps(), NALS.keySlice(1)])]);
    expect(sink.units[0]?.keyframe).toBe(true);
  });

  it("does not pile up parameter sets whose picture never comes", () => {
    const { push, sink } = setUp();
    push({ nal: NALS.sps(), timestamp: 0, marker: true });
    const nal = Buffer.concat([NALS.pps(), Buffer.alloc(1_000, 1)]);
    for (let timestamp = 1; timestamp < 200; timestamp++) push({ nal, timestamp, marker: true });
    push({ nal: NALS.keySlice(1), timestamp: 200, marker: true });
    expect(sink.units.map((unit) => unit.data.length <= 65_536 + 1_000)).toEqual([true]);
  });

  it("stops believing a marker bit that is set on every slice, and counts the misfire", () => {
    const { push, units, sink, parser, keyframe } = setUp();
    keyframe(1, 1);
    push({ nal: NALS.slice(2), timestamp: 2, marker: true });
    push({ nal: NALS.furtherSlice(3), timestamp: 2, marker: true });
    push({ nal: NALS.slice(4), timestamp: 3, marker: true });
    push({ nal: NALS.furtherSlice(5), timestamp: 3, marker: true });
    push({ nal: NALS.slice(6), timestamp: 4, marker: true });
    expect(units().slice(2)).toEqual([joinNalUnits([NALS.slice(4), NALS.furtherSlice(5)])]);
    expect([sink.lostCount, parser.misfires]).toEqual([1, 1]);
  });

  it("says when the last byte came, and the time on the sender's line over the wrap of 32 bits", () => {
    const { push, sink, picture } = setUp();
    push({ nal: NALS.sps(), timestamp: 2 ** 32 - 900, atMs: 5 });
    push({ nal: NALS.keySlice(1), timestamp: 2 ** 32 - 900, atMs: 7, marker: true });
    picture(2_100, 2);
    const [first, second] = sink.units;
    expect(first?.receivedAtMs).toBe(7);
    expect((second?.mediaTimeMs ?? 0) - (first?.mediaTimeMs ?? 0)).toBeCloseTo(3_000 / 90, 6);
  });

  it("counts time by the clock rate that it was given", () => {
    const { sink, keyframe } = setUp({ clockRate: 1_000 });
    keyframe(1_500, 1);
    expect(sink.units[0]?.mediaTimeMs).toBe(1_500);
  });
});

describe("RtpParser: joining and loss", () => {
  it("drops the rest of a picture that was joined midway, silently", () => {
    const { push, units, sink, picture } = setUp();
    push({ nal: NALS.furtherSlice(1), timestamp: 1, marker: true });
    picture(2, 2);
    expect(units()).toEqual([pictureData(2)]);
    expect(sink.lostCount).toBe(0);
  });

  it("counts a picture with a hole once and goes on with the next", () => {
    const { push, units, sink, parser, keyframe, picture, skip } = setUp();
    keyframe(1, 1);
    push({ nal: NALS.slice(2), timestamp: 2 });
    skip(1);
    push({ nal: NALS.furtherSlice(2), timestamp: 2, marker: true });
    picture(3, 3);
    parser.flush(20);
    expect(units()).toEqual([keyframeData(1), pictureData(3)]);
    expect(sink.lostCount).toBe(1);
  });

  it("counts both pictures that a gap may have hit", () => {
    const { push, units, sink, parser, keyframe, picture, skip } = setUp();
    keyframe(1, 1);
    push({ nal: NALS.slice(2), timestamp: 2 });
    skip(1);
    picture(3, 3);
    picture(4, 4);
    parser.flush(20);
    expect(units()).toEqual([keyframeData(1), pictureData(4)]);
    expect(sink.lostCount).toBe(2);
  });

  it("believes a keyframe behind a gap, which begins with its parameter set, and counts what is missing", () => {
    const { units, sink, parser, keyframe, skip } = setUp();
    keyframe(1, 1);
    skip(1);
    keyframe(3, 3);
    parser.flush(20);
    expect(units()).toEqual([keyframeData(1), keyframeData(3)]);
    expect(sink.lostCount).toBe(1);
  });

  it("puts packets in order before it judges them, and says when a flush is due", () => {
    const { push, units, sink, parser, keyframe } = setUp();
    keyframe(1, 1);
    push({ nal: NALS.furtherSlice(2), timestamp: 2, marker: true, sequence: 0x1_0000, atMs: 10 });
    expect([parser.pending, parser.nextDeadlineMs()]).toEqual([true, 30]);
    push({ nal: NALS.slice(2), timestamp: 2, sequence: 0xffff, atMs: 12 });
    expect(units()).toEqual([keyframeData(1), joinNalUnits([NALS.slice(2), NALS.furtherSlice(2)])]);
    expect([parser.pending, parser.nextDeadlineMs(), sink.lostCount]).toEqual([false, undefined, 0]);
    expect(sink.units[1]?.receivedAtMs).toBe(12);
  });

  it("counts an access unit over its bound as lost, and holds no more", () => {
    const { push, units, sink, keyframe, picture } = setUp({ maxUnitBytes: 4_000 });
    keyframe(1, 1);
    for (let count = 0; count < 40; count++) push({ nal: NALS.slice(2), timestamp: 2 });
    picture(3, 3);
    expect(units()).toEqual([keyframeData(1), pictureData(3)]);
    expect(sink.lostCount).toBe(1);
  });
});

describe("RtpParser: JPEG", () => {
  const parse = (options: Partial<RtpParserOptions>, payloadType: number, fields = {}) => {
    const sink = new RecordingSink();
    const parser = new RtpParser({ sink, ...options });
    const payload = makeJpegPayload(fields);
    parser.push(makePacket({ sequence: 0, timestamp: 180, marker: true, payloadType, payload }), 5);
    return sink;
  };

  it.each([
    ["by its static payload type", {}, 26],
    ["by its static payload type, whatever else was told", { codec: "h264" }, 26],
    ["of any payload type where it was told", { codec: "mjpeg" }, 96],
  ] as const)("is known %s", (_name, options, payloadType) => {
    const { units } = parse(options, payloadType);
    expect(units.map(({ codec, keyframe }) => [codec, keyframe])).toEqual([["mjpeg", true]]);
    expect(units[0]).toMatchObject({ receivedAtMs: 5, mediaTimeMs: 2 });
  });

  it("has the size, the bound and the clock rate that it was given", () => {
    const size = { width: 2_592, height: 1_944 };
    const [unit] = parse({ size, clockRate: 1_000 }, 26, { width: 0, height: 0 }).units;
    expect([jpegSize(unit?.data as Buffer), unit?.mediaTimeMs]).toEqual([size, 180]);
    expect(parse({ maxUnitBytes: 100 }, 26)).toMatchObject({ units: [], lostCount: 1 });
  });
});

describe("RtpParser: who is listened to", () => {
  it("ignores RTCP, and counts what is no RTP as discarded", () => {
    const { parser, sink } = setUp();
    parser.push(Buffer.from("80c80006deadbeef0000000000000000", "hex"), 0);
    expect(sink.discardedBytes).toBe(0);
    parser.push(Buffer.from("not RTP"), 0);
    expect(sink.discardedBytes).toBe(7);
  });

  it("discards other payload types of the same sender without taking them for a gap", () => {
    const { push, units, sink, keyframe, picture } = setUp();
    keyframe(1, 1);
    push({ nal: Buffer.alloc(10), timestamp: 1, payloadType: 97 });
    picture(2, 2);
    expect(units()).toEqual([keyframeData(1), pictureData(2)]);
    expect([sink.discardedBytes, sink.lostCount]).toEqual([10, 0]);
  });

  it("counts a loss when another sender takes over, so that its keyframe is waited for", () => {
    const { units, sink, keyframe, push } = setUp();
    keyframe(1, 1);
    push({ nal: NALS.sps(), timestamp: 900, ssrc: 2, sequence: 5, atMs: 1_000 });
    push({ nal: NALS.keySlice(9), timestamp: 900, ssrc: 2, marker: true, atMs: 1_000 });
    expect(units()).toEqual([keyframeData(1), keyframeData(9)]);
    expect(sink.lostCount).toBe(1);
  });

  it("lets go what is held of a sender before another takes over", () => {
    const { units, sink, keyframe, push, skip } = setUp();
    keyframe(1, 1);
    skip(1);
    keyframe(3, 3);
    push({ nal: NALS.sps(), timestamp: 900, ssrc: 2, sequence: 5, atMs: 1_000 });
    push({ nal: NALS.keySlice(9), timestamp: 900, ssrc: 2, marker: true, atMs: 1_000 });
    expect(units()).toEqual([keyframeData(1), keyframeData(3), keyframeData(9)]);
    expect(sink.lostCount).toBe(2);
  });

  it("remembers misfires when another sender takes over", () => {
    const { parser, keyframe, push } = setUp();
    keyframe(1, 1);
    push({ nal: NALS.furtherSlice(1), timestamp: 1, marker: true });
    push({ nal: NALS.sps(), timestamp: 900, ssrc: 2, sequence: 5, atMs: 1_000 });
    expect(parser.misfires).toBe(1);
  });

  it("takes up the same sender that numbers its packets anew", () => {
    const { units, sink, keyframe, push, picture } = setUp();
    keyframe(1, 1);
    push({ nal: NALS.sps(), timestamp: 900, sequence: 30_000 });
    push({ nal: NALS.keySlice(9), timestamp: 900, marker: true });
    picture(901, 10);
    expect(units()).toEqual([keyframeData(1), keyframeData(9), pictureData(10)]);
    expect(sink.lostCount).toBe(1);
  });

  it("discards payload types whose fixed meaning is something else", () => {
    const { sink, push } = setUp();
    push({ nal: NALS.sps(), payloadType: 0 });
    expect([sink.units.length, sink.discardedBytes]).toEqual([0, NALS.sps().length]);
  });
});
