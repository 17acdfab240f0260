import { describe, expect, it } from "vitest";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import { NALS } from "../rtp/make-packet.js";
import { makePacket, makePes } from "./make-packet.js";
import { payload, setUp, unitData, VIDEO } from "./video-stream.js";

describe("TsDemuxer: loss and damage", () => {
  it("counts a PES packet with a hole once and goes on with the next", () => {
    const { pushPes, units, sink } = setUp();
    pushPes(makePes(payload(1)), [1]);
    pushPes(makePes(payload(2)));
    expect(units()).toEqual([unitData(2)]);
    expect(sink.lostCount).toBe(1);
  });

  it.each([false, true])("does not take one for whole whose last packet is missing (length said: %s)", (sized) => {
    const { pushPes, units, sink } = setUp();
    pushPes(makePes(payload(1), { sized }), [2]);
    pushPes(makePes(payload(2), { sized }));
    expect(units()).toEqual([unitData(2)]);
    expect(sink.lostCount).toBe(1);
  });

  it("counts one whose beginning is missing", () => {
    const { pushPes, units, sink } = setUp();
    pushPes(makePes(payload(1)));
    pushPes(makePes(payload(2)), [0]);
    pushPes(makePes(payload(3)));
    expect(units()).toEqual([unitData(1), unitData(3)]);
    expect(sink.lostCount).toBe(1);
  });

  it("is silent about what it joined midway", () => {
    const { pushPes, units, sink } = setUp();
    pushPes(makePes(payload(1)), [0]);
    pushPes(makePes(payload(2)));
    expect(units()).toEqual([unitData(2)]);
    expect(sink.lostCount).toBe(0);
  });

  it("takes a packet that is sent twice once, but sees a loss of as many as the count has room for", () => {
    const { pushVideo, sink, units, skip } = setUp();
    const body = Buffer.from(Array.from({ length: 1_000 }, (_, index) => 0x80 | (index % 101)));
    const pes = makePes(Buffer.concat([payload(1), body]), { sized: true });
    pushVideo({ payload: pes.subarray(0, 184), payloadStart: true });
    skip(-1);
    pushVideo({ payload: pes.subarray(0, 184), payloadStart: true });
    pushVideo({ payload: pes.subarray(184, 368) });
    expect(sink.lostCount).toBe(0);
    skip(-1);
    pushVideo({ payload: pes.subarray(368, 552) });
    expect([sink.lostCount, units()]).toEqual([1, []]);
  });

  it("does not trust a packet that says it is damaged", () => {
    const { pushVideo, pushPes, units, sink } = setUp();
    pushPes(makePes(payload(1)));
    const pes = makePes(payload(2), { sized: true });
    pushVideo({ payload: pes.subarray(0, 184), payloadStart: true });
    pushVideo({ payload: pes.subarray(184, 368), transportError: true });
    pushVideo({ payload: pes.subarray(368) });
    pushPes(makePes(payload(3)));
    expect(units()).toEqual([unitData(1), unitData(3)]);
    expect(sink.lostCount).toBe(1);
  });

  it("does not flush what lacks a damaged packet at its end", () => {
    const { demuxer, pushVideo, units, sink } = setUp();
    const pes = makePes(payload(1));
    pushVideo({ payload: pes.subarray(0, 184), payloadStart: true });
    pushVideo({ payload: pes.subarray(184, 368), transportError: true });
    demuxer.flush();
    expect([units(), sink.lostCount]).toEqual([[], 1]);
  });

  it("does not flush what lacks a malformed packet at its end", () => {
    const { demuxer, push, pushVideo, units, sink } = setUp();
    pushVideo({ payload: makePes(payload(1)).subarray(0, 184), payloadStart: true });
    const malformed = makePacket({ pid: VIDEO, payload: Buffer.alloc(100) });
    malformed.writeUInt8(200, 4);
    push(malformed);
    demuxer.flush();
    expect([units(), sink.lostCount, sink.discardedBytes]).toEqual([[], 1, 188]);
  });

  it("counts one that its sender left unfinished", () => {
    const { pushVideo, pushPes, units, sink } = setUp();
    pushVideo({ payload: makePes(payload(1), { sized: true }).subarray(0, 184), payloadStart: true });
    pushPes(makePes(payload(2)));
    expect([units(), sink.lostCount]).toEqual([[unitData(2)], 1]);
  });

  it("counts a jump of the count inside a PES packet, even where the stream says so", () => {
    const { pushVideo, units, sink, skip } = setUp();
    const pes = makePes(payload(1), { sized: true });
    pushVideo({ payload: pes.subarray(0, 184), payloadStart: true });
    skip(5);
    pushVideo({ payload: pes.subarray(184, 360), discontinuity: true });
    pushVideo({ payload: pes.subarray(360) });
    expect([units(), sink.lostCount]).toEqual([[], 1]);
  });

  it("lets the count begin anew between PES packets where the stream says so", () => {
    const { pushPes, pushVideo, units, sink, skip } = setUp();
    pushPes(makePes(payload(1)));
    skip(5);
    pushVideo({ payload: makePes(payload(2, 100), { sized: true }), payloadStart: true, discontinuity: true });
    expect(units()).toEqual([unitData(1), unitData(2, 100)]);
    expect(sink.lostCount).toBe(0);
  });

  it("counts a gap that the transport knows of", () => {
    const { demuxer, pushVideo, units, sink } = setUp();
    const pes = makePes(payload(1), { sized: true });
    pushVideo({ payload: pes.subarray(0, 184), payloadStart: true });
    demuxer.gap();
    pushVideo({ payload: pes.subarray(184, 368) });
    pushVideo({ payload: pes.subarray(368) });
    expect([units(), sink.lostCount]).toEqual([[], 1]);
  });

  it("discards scrambled packets and PES packets that are no video", () => {
    const { pushVideo, units, sink } = setUp();
    pushVideo({ payload: Buffer.alloc(184, 1), payloadStart: true, scrambled: true });
    pushVideo({ payload: Buffer.alloc(184, 1), payloadStart: true });
    expect([units(), sink.discardedBytes]).toEqual([[], 188 + 184]);
  });

  it("waits for the next picture where slices come in PES packets of their own and one is missing", () => {
    const { pushPes, units, sink, demuxer } = setUp();
    const pushSlices = (tag: number, without: readonly number[] = []) => {
      pushPes(makePes(joinNalUnits([NALS.slice(tag)]), { sized: true }), without);
      pushPes(makePes(joinNalUnits([NALS.furtherSlice(tag)]), { sized: true }));
    };
    pushSlices(1);
    pushSlices(2, [0]);
    pushSlices(3);
    demuxer.flush();
    expect(units()).toEqual([joinNalUnits([NALS.slice(1)]), joinNalUnits([NALS.slice(3), NALS.furtherSlice(3)])]);
    expect([demuxer.misfires, sink.lostCount]).toEqual([1, 2]);
  });

  it("holds to its bound over several PES packets of one picture", () => {
    const { pushPes, units, sink, demuxer } = setUp({ maxUnitBytes: 10_000 });
    const further = joinNalUnits([Buffer.concat([NALS.furtherSlice(1), Buffer.alloc(2_000, 0x81)])]);
    pushPes(makePes(further, { sized: true }));
    pushPes(makePes(unitData(2), { sized: true }));
    for (let count = 0; count < 8; count++) pushPes(makePes(further, { sized: true }));
    expect([demuxer.pending, sink.lostCount]).toEqual([false, 2]);
    pushPes(makePes(unitData(3), { sized: true }));
    demuxer.flush();
    expect(units()).toEqual([unitData(3)]);
  });

  it("counts an access unit over its bound as lost, and holds no more", () => {
    const { pushPes, units, sink } = setUp({ maxUnitBytes: 10_000 });
    pushPes(makePes(payload(1, 20_000)));
    pushPes(makePes(payload(2)));
    expect(units()).toEqual([unitData(2)]);
    expect(sink.lostCount).toBe(1);
    expect(sink.discardedBytes).toBeGreaterThan(9_000);
  });

  it("holds to its bound with packets of one byte", () => {
    const { pushVideo, sink } = setUp({ maxUnitBytes: 10_000 });
    pushVideo({ payload: makePes(payload(1, 100)), payloadStart: true });
    for (let count = 0; count < 60; count++) pushVideo({ payload: Buffer.of(1) });
    expect(sink.lostCount).toBe(1);
  });
});
