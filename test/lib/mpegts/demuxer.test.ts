import { describe, expect, it } from "vitest";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import { TsDemuxer } from "../../../lib/mpegts/demuxer.js";
import { RecordingSink } from "../../support/recording-sink.js";
import { NALS } from "../rtp/make-packet.js";
import { makePacket, makePackets, makePes, makeSection, makeSectionPacket, pmtBody } from "./make-packet.js";
import { AUDIO, H264, H265, PAT_PACKET, PMT, payload, setUp, unitData, VIDEO } from "./video-stream.js";

describe("TsDemuxer: where access units end", () => {
  it("emits one at once when its PES packet has the length that it says", () => {
    const { pushPes, units, sink, demuxer } = setUp();
    pushPes(makePes(payload(1), { sized: true, pts: 900 }), [], 7);
    expect(units()).toEqual([unitData(1)]);
    expect(sink.units[0]).toMatchObject({ codec: "h264", receivedAtMs: 7, mediaTimeMs: 10, keyframe: false });
    expect(demuxer.pending).toBe(false);
  });

  it("emits one of unknown length at once at the packet that is filled up", () => {
    const { pushPes, units, demuxer } = setUp();
    pushPes(makePes(payload(1)));
    expect(units()).toEqual([unitData(1)]);
    expect([demuxer.pending, demuxer.misfires]).toEqual([false, 0]);
  });

  it("emits one of unknown length that fills its packets when the next begins", () => {
    const { pushPes, units, sink, demuxer } = setUp();
    const fits = 184 * 3 - 14 - 6 - 8;
    pushPes(makePes(payload(1, fits)), [], 3);
    expect([units(), demuxer.pending]).toEqual([[], true]);
    pushPes(makePes(payload(2)), [], 36);
    expect(units()).toEqual([unitData(1, fits), unitData(2)]);
    expect(sink.units[0]?.receivedAtMs).toBe(3);
  });

  it("emits one of unknown length in a single packet when it is flushed", () => {
    const { pushPes, units, demuxer } = setUp();
    pushPes(makePes(payload(1, 50)));
    expect([units(), demuxer.pending]).toEqual([[], true]);
    demuxer.flush();
    expect([units(), demuxer.pending]).toEqual([[unitData(1, 50)], false]);
  });

  it("does not flush one that has not the length that it says", () => {
    const { pushPes, units, demuxer } = setUp();
    pushPes(makePes(payload(1), { sized: true }), [2]);
    demuxer.flush();
    expect([units(), demuxer.pending]).toEqual([[], false]);
  });

  it("counts a misfire and a loss when one goes on behind a flush", () => {
    const { pushPes, pushVideo, units, sink, demuxer } = setUp();
    pushPes(makePes(payload(1, 50)));
    demuxer.flush();
    pushVideo({ payload: Buffer.alloc(184, 0x81) });
    pushVideo({ payload: Buffer.alloc(20, 0x81) });
    pushPes(makePes(payload(2)));
    expect(units()).toEqual([unitData(1, 50), unitData(2)]);
    expect([demuxer.misfires, sink.lostCount]).toEqual([1, 1]);
  });

  it("stops believing in filled packets when one goes on behind one, and counts the misfire and the loss", () => {
    const { pushPes, pushVideo, units, sink, demuxer } = setUp();
    pushPes(makePes(payload(1)));
    pushVideo({ payload: Buffer.alloc(184, 0x81) });
    expect([demuxer.misfires, sink.lostCount]).toEqual([1, 1]);
    pushPes(makePes(payload(2)));
    expect(units()).toEqual([unitData(1)]);
    pushPes(makePes(payload(3)));
    expect(units()).toEqual([unitData(1), unitData(2)]);
  });

  it("discards what comes behind the length that was said", () => {
    const { pushPes, pushVideo, units, sink } = setUp();
    pushPes(makePes(payload(1), { sized: true }));
    pushVideo({ payload: Buffer.alloc(100, 1) });
    expect(units()).toEqual([unitData(1)]);
    expect([sink.discardedBytes, sink.lostCount]).toEqual([100, 0]);
  });
});

describe("TsDemuxer: pictures and PES packets", () => {
  it("reads a PES header that goes over two packets", () => {
    const { pushVideo, units, sink } = setUp();
    const pes = makePes(payload(1, 100), { sized: true, pts: 900 });
    pushVideo({ payload: pes.subarray(0, 11), payloadStart: true });
    pushVideo({ payload: pes.subarray(11) });
    expect(units()).toEqual([unitData(1, 100)]);
    expect(sink.units[0]?.mediaTimeMs).toBe(10);
  });

  it("splits a PES packet of several pictures; the time is that of the first", () => {
    const { pushPes, units, sink } = setUp();
    pushPes(makePes(Buffer.concat([payload(1), unitData(2), payload(3)]), { sized: true, pts: 900 }));
    expect(units()).toEqual([unitData(1), unitData(2), unitData(3)]);
    expect(sink.units.map((unit) => unit.mediaTimeMs)).toEqual([10, undefined, undefined]);
  });

  it("keeps parameter sets in a PES packet of their own for their picture", () => {
    const { pushPes, units, sink } = setUp();
    pushPes(makePes(joinNalUnits([NALS.delimiter(), NALS.sps(), NALS.pps()]), { sized: true }));
    pushPes(makePes(joinNalUnits([NALS.keySlice(1)]), { sized: true }));
    expect(units()).toEqual([joinNalUnits([NALS.sps(), NALS.pps(), NALS.keySlice(1)])]);
    expect(sink.units[0]?.keyframe).toBe(true);
  });

  it("puts pictures together whose slices come in PES packets of their own, from the second on", () => {
    const { pushPes, units, sink, demuxer } = setUp();
    for (const tag of [1, 2, 3]) {
      pushPes(makePes(joinNalUnits([NALS.slice(tag)]), { sized: true }));
      pushPes(makePes(joinNalUnits([NALS.furtherSlice(tag)]), { sized: true }));
    }
    expect([demuxer.misfires, sink.lostCount, demuxer.pending]).toEqual([1, 1, true]);
    demuxer.flush();
    const whole = (tag: number) => joinNalUnits([NALS.slice(tag), NALS.furtherSlice(tag)]);
    expect(units()).toEqual([joinNalUnits([NALS.slice(1)]), whole(2), whole(3)]);
  });

  it("discards bytes before the first start code, which lack their beginning", () => {
    const { pushPes, units, sink } = setUp();
    pushPes(makePes(Buffer.concat([Buffer.from("rest"), unitData(1)]), { sized: true }));
    expect(units()).toEqual([unitData(1)]);
    expect([sink.discardedBytes, sink.lostCount]).toEqual([4, 1]);
  });
});

describe("TsDemuxer: program tables", () => {
  it("reads H.265 where the table says so", () => {
    const { pushPes, sink } = setUp({ type: H265 });
    const nals = [Buffer.from("40010c01", "hex"), Buffer.from("2601af1234", "hex")];
    pushPes(makePes(joinNalUnits(nals), { sized: true }));
    expect(sink.units).toMatchObject([{ codec: "h265", keyframe: true, data: joinNalUnits(nals) }]);
  });

  it("finds no video in a program of none", () => {
    const { pushPes, units, sink } = setUp({ type: AUDIO });
    pushPes(makePes(payload(1)));
    expect([units(), sink.lostCount]).toEqual([[], 0]);
  });

  it("follows the video to another PID and codec, ending what was held", () => {
    const { push, pushPes, units, sink } = setUp();
    pushPes(makePes(payload(1, 50)));
    const next = makeSection(2, pmtBody({ type: H265, pid: 0x200 }), { version: 1 });
    push(makeSectionPacket(PMT, next, 1));
    const nals = joinNalUnits([Buffer.from("2601af1234", "hex")]);
    push(makePacket({ pid: 0x200, payloadStart: true, payload: makePes(nals, { sized: true }) }));
    expect(units()).toEqual([unitData(1, 50), nals]);
    expect(sink.units.map((unit) => unit.codec)).toEqual(["h264", "h265"]);
  });

  it.each([
    ["is not in force yet", makeSection(2, pmtBody({ type: H265, pid: 0x200 }), { current: false })],
    [
      "has a wrong checksum",
      Buffer.concat([makeSection(2, pmtBody({ type: H265, pid: 0x200 })).subarray(0, -1), Buffer.of(0)]),
    ],
    ["is another", makeSection(3, pmtBody({ type: H265, pid: 0x200 }))],
    ["is cut short", makeSection(2, Buffer.of(0xe1, 0))],
  ])("does not follow a table that %s", (_what, section) => {
    const { push, pushPes, units } = setUp();
    push(makeSectionPacket(PMT, section, 1));
    pushPes(makePes(payload(1)));
    expect(units()).toEqual([unitData(1)]);
  });

  it("reads a table that goes over two packets, with another between", () => {
    const sink = new RecordingSink();
    const demuxer = new TsDemuxer({ sink });
    const audio = Array.from({ length: 30 }, (_, index) => ({ type: AUDIO, pid: 0x300 + index }));
    const section = makeSection(2, pmtBody(...audio, { type: H264, pid: VIDEO }));
    const start = Buffer.concat([Buffer.of(0), section.subarray(0, 183)]);
    const rest = Buffer.concat([section.subarray(183), Buffer.alloc(184, 0xff)]).subarray(0, 184);
    const first = makePacket({ pid: PMT, payloadStart: true, payload: start });
    const second = makePacket({ pid: PMT, continuity: 1, payload: rest });
    const tables = [PAT_PACKET, first, PAT_PACKET, second];
    for (const packet of [...tables, ...makePackets(VIDEO, makePes(payload(1)), 0)]) demuxer.push(packet, 0);
    expect(sink.units.map((unit) => unit.data)).toEqual([unitData(1)]);
  });

  it("remembers misfires when the video moves", () => {
    const { push, pushPes, pushVideo, demuxer } = setUp();
    pushPes(makePes(payload(1)));
    pushVideo({ payload: Buffer.alloc(184, 0x81) });
    push(makeSectionPacket(PMT, makeSection(2, pmtBody({ type: H265, pid: 0x200 })), 1));
    expect(demuxer.misfires).toBe(1);
  });

  it("unrolls times over the wrap of 33 bits", () => {
    const { pushPes, sink } = setUp();
    pushPes(makePes(payload(1), { pts: 2 ** 33 - 900 }));
    pushPes(makePes(payload(2), { pts: 900 }));
    const [first, second] = sink.units.map((unit) => unit.mediaTimeMs ?? 0);
    expect((second ?? 0) - (first ?? 0)).toBeCloseTo(20, 6);
  });
});
