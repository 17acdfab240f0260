import { describe, expect, it } from "vitest";
import { assembleJpegs, type JpegStep } from "./assemble-jpegs.js";
import { scanOf, segmentsOf } from "./make-jpeg-payload.js";

describe("JpegAssembler: joining and loss", () => {
  it("drops the rest of a picture that was joined midway, silently", () => {
    const { push, sink, tags } = assembleJpegs();
    push({ offset: 100, marker: false });
    push({ offset: 108 });
    push({ timestamp: 1, body: scanOf(2) });
    expect([tags(), sink.lostCount]).toEqual([[2], 0]);
  });

  it.each([
    ["begins behind its start", [{ offset: 8 }]],
    ["leaves bytes out", [{ marker: false }, { offset: 9 }]],
    ["has bytes twice", [{ marker: false }, { offset: 7 }]],
    ["begins again", [{ marker: false }, { offset: 0 }]],
    ["changes its type", [{ marker: false }, { offset: 8, type: 0 }]],
    ["changes its Q", [{ marker: false }, { offset: 8, q: 51 }]],
    ["changes its width", [{ marker: false }, { offset: 8, width: 3 }]],
    ["changes its height", [{ marker: false }, { offset: 8, height: 3 }]],
    [
      "changes its restart interval",
      [
        { type: 65, restarts: "0014ffff", marker: false },
        { type: 65, restarts: "0015ffff", offset: 8 },
      ],
    ],
    ["holds no data", [{ body: Buffer.alloc(0) }]],
    ["is of a type that nobody has defined", [{ type: 2 }]],
    ["is of a type that is agreed elsewhere", [{ type: 128 }]],
    ["is of a type that is agreed elsewhere, with restart markers", [{ type: 193 }]],
    ["is too short for a restart header", [{ type: 65, body: Buffer.alloc(3) }]],
  ] as [string, JpegStep[]][])("loses a picture that %s", (_name, steps) => {
    const { push, sink, tags } = assembleJpegs();
    push({ timestamp: 1, body: scanOf(1) });
    for (const step of steps) push({ ...step, timestamp: 2 });
    push({ timestamp: 3, body: scanOf(3) });
    expect([tags(), sink.lostCount]).toEqual([[1, 3], 1]);
  });

  it("loses a picture one of whose packets is too short for a header", () => {
    const { push, payload, sink, tags } = assembleJpegs();
    push({ timestamp: 1, body: scanOf(1) });
    push({ timestamp: 2, marker: false });
    payload(Buffer.alloc(7), { timestamp: 2 });
    push({ timestamp: 3, body: scanOf(3) });
    expect([tags(), sink.lostCount]).toEqual([[1, 3], 1]);
  });

  it("takes chunks of restart intervals, whose headers count on", () => {
    const { push, tags } = assembleJpegs();
    push({ type: 65, restarts: "00148000", marker: false });
    push({ type: 65, restarts: "00144005", offset: 8 });
    expect(tags()).toEqual([1]);
  });

  it("ignores packets without a payload, which keep connections open", () => {
    const { push, payload, tags } = assembleJpegs();
    push({ timestamp: 1, marker: false });
    payload(Buffer.alloc(0), { timestamp: 5 });
    push({ timestamp: 1, offset: 8 });
    expect(tags()).toEqual([1]);
  });

  it("counts a picture with a hole once, and goes on with the next", () => {
    const { push, assembler, sink, tags } = assembleJpegs();
    push({ timestamp: 1, marker: false });
    assembler.gap();
    push({ timestamp: 1, offset: 16 });
    push({ timestamp: 2, body: scanOf(2) });
    expect([tags(), sink.lostCount]).toEqual([[2], 1]);
  });

  it("loses a picture whose last packet is missing, even where the bytes that came would do", () => {
    const { push, assembler, sink, tags } = assembleJpegs();
    push({ timestamp: 1, marker: false });
    assembler.gap();
    push({ timestamp: 2, body: scanOf(2) });
    expect([tags(), sink.lostCount]).toEqual([[2], 1]);
  });

  it("counts a picture that is missing between two whole ones", () => {
    const { push, assembler, sink, tags } = assembleJpegs();
    push({ timestamp: 1 });
    assembler.gap();
    push({ timestamp: 3, body: scanOf(3) });
    expect([tags(), sink.lostCount]).toEqual([[1, 3], 1]);
  });

  it("counts a picture whose start is missing", () => {
    const { push, assembler, sink, tags } = assembleJpegs();
    push({ timestamp: 1 });
    assembler.gap();
    push({ timestamp: 2, offset: 8 });
    push({ timestamp: 3, body: scanOf(3) });
    expect([tags(), sink.lostCount]).toEqual([[1, 3], 1]);
  });

  it("loses a picture over its bound, and takes one that just fits", () => {
    const { push, sink, tags } = assembleJpegs({ maxUnitBytes: 1_000 });
    push({ timestamp: 1, body: scanOf(1, 872) });
    push({ timestamp: 2, body: scanOf(2, 873) });
    expect([tags(), sink.lostCount]).toEqual([[1], 1]);
  });

  it("holds no flood of tiny fragments", () => {
    const { push, sink } = assembleJpegs({ maxUnitBytes: 1_000 });
    for (let offset = 0; offset < 100; offset++) push({ offset, body: scanOf(1, 1), marker: offset === 99 });
    expect([sink.units.length, sink.lostCount]).toEqual([0, 1]);
  });

  it("stops believing a marker bit that is set on every packet, and counts the misfire", () => {
    const { push, assembler, sink, tags } = assembleJpegs();
    push({ timestamp: 1 });
    push({ timestamp: 1, offset: 8 });
    for (const timestamp of [2, 3]) {
      push({ timestamp, body: scanOf(timestamp) });
      push({ timestamp, offset: 8, body: scanOf(timestamp) });
    }
    expect(tags().slice(1)).toEqual([2]);
    expect(segmentsOf(sink.units[1]?.data as Buffer).scan?.[0]).toHaveLength((16 + 2) * 2);
    expect([sink.lostCount, assembler.misfires]).toEqual([1, 1]);
  });

  it("gives both fields of an interlaced picture, which share a time", () => {
    const { push, assembler, tags } = assembleJpegs();
    push({ typeSpecific: 1, timestamp: 1 });
    push({ typeSpecific: 2, timestamp: 1, body: scanOf(2) });
    expect([tags(), assembler.misfires]).toEqual([[1, 2], 0]);
  });
});
