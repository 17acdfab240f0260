import { describe, expect, it } from "vitest";
import { jpegSize } from "../../../lib/codecs/jpeg.js";
import { tablesOfQuality } from "../../../lib/rtp/jpeg-quality.js";
import { assembleJpegs } from "./assemble-jpegs.js";
import { makeTables, scanOf } from "./make-jpeg-payload.js";

const hexOf = (tables: readonly Buffer[]) => tables.map((table, id) => `0${id}${table.toString("hex")}`);

describe("JpegAssembler: the JPEG that it writes", () => {
  it("is a JFIF file with the standard Huffman tables and the tables of Q, and ends in EOI", () => {
    const { push, sink, only } = assembleJpegs();
    push({ q: 75, width: 80, height: 45 });
    const data = sink.units[0]?.data as Buffer;
    expect(data.subarray(0, 11).toString("latin1")).toBe("\xff\xd8\xff\xe0\0\x10JFIF\0");
    expect(jpegSize(data)).toEqual({ width: 640, height: 360 });
    expect(only()).toMatchObject({
      db: hexOf(tablesOfQuality(75)),
      c0: ["080168028003012200021101031101"],
      da: ["03010002110311003f00"],
      scan: [`${scanOf(1).toString("hex")}ffd9`],
    });
    expect(only().c4?.[0]?.length).toBe(416 * 2);
    expect(only().dd).toBeUndefined();
  });

  it("has chroma at half the width only for type 0", () => {
    const { push, only } = assembleJpegs();
    push({ type: 0 });
    expect(only().c0?.[0]).toContain("012100021101031101");
  });

  it.each([64, 65])("has the restart interval for type %i", (type) => {
    const { push, only } = assembleJpegs();
    push({ type, restarts: "0014ffff" });
    expect(only().dd).toEqual(["0014"]);
    expect(only().c0?.[0]).toContain(type === 64 ? "0121" : "0122");
  });

  it("does not get a second EOI", () => {
    const { push, only } = assembleJpegs();
    push({ body: Buffer.from("0102ffd9", "hex") });
    expect(only().scan).toEqual(["0102ffd9"]);
  });

  it("does not get a second EOI where the first is cut in two", () => {
    const { push, only } = assembleJpegs();
    push({ body: Buffer.from("0102ff", "hex"), marker: false });
    push({ offset: 3, body: Buffer.from("d9", "hex") });
    expect(only().scan).toEqual(["0102ffd9"]);
  });

  it("is one access unit of all fragments, a keyframe, with the times of its last byte and of its timestamp", () => {
    const { push, sink, only } = assembleJpegs();
    push({ body: scanOf(1, 100), marker: false, timestamp: 2 ** 32 - 900, atMs: 5 });
    push({ body: scanOf(2, 50), marker: false, timestamp: 2 ** 32 - 900, atMs: 8, offset: 100 });
    push({ body: scanOf(3, 1), timestamp: 2 ** 32 - 900, atMs: 7, offset: 150 });
    push({ timestamp: 2_100 });
    expect(only().scan?.[0]).toBe(
      Buffer.concat([scanOf(1, 100), scanOf(2, 50), Buffer.of(3, 0xff, 0xd9)]).toString("hex"),
    );
    const [first, second] = sink.units;
    expect(first).toMatchObject({ codec: "mjpeg", keyframe: true, receivedAtMs: 8 });
    expect((second?.mediaTimeMs ?? 0) - (first?.mediaTimeMs ?? 0)).toBeCloseTo(3_000 / 90, 6);
  });

  it("ends at a change of timestamp where the marker bit is never set", () => {
    const { push, tags } = assembleJpegs();
    push({ marker: false, timestamp: 1 });
    push({ marker: false, timestamp: 2, body: scanOf(2) });
    expect(tags()).toEqual([1]);
  });
});

describe("JpegAssembler: quantisation tables", () => {
  const two = Buffer.concat([Buffer.alloc(64, 1), Buffer.alloc(64, 2)]);
  const inBand = (tables: Buffer, precision = 0) =>
    Buffer.concat([Buffer.of(0, precision, tables.length >> 8, tables.length & 0xff), tables]);

  it.each([128, 254, 255])("come in band for Q %i", (q) => {
    const { push, only } = assembleJpegs();
    push({ q, tables: inBand(two) });
    expect(only().db).toEqual(hexOf([two.subarray(0, 64), two.subarray(64)]));
    expect(only().scan).toEqual([`${scanOf(1).toString("hex")}ffd9`]);
  });

  it.each([128, 254])("of Q %i are those of before where they are left out", (q) => {
    const { push, sink } = assembleJpegs();
    push({ q, tables: inBand(two) });
    push({ q, tables: inBand(Buffer.alloc(0)), timestamp: 1 });
    expect(sink.data[1]).toBe(sink.data[0]);
  });

  it("of Q 255 are never those of before", () => {
    const { push, sink } = assembleJpegs();
    push({ q: 255, tables: inBand(two) });
    push({ q: 255, tables: inBand(Buffer.alloc(0)), timestamp: 1 });
    expect([sink.units.length, sink.lostCount]).toEqual([1, 1]);
  });

  it("of one Q are not those of another", () => {
    const { push, sink } = assembleJpegs();
    push({ q: 200, tables: inBand(two) });
    push({ q: 201, tables: makeTables(9), timestamp: 1 });
    push({ q: 200, tables: inBand(Buffer.alloc(0)), timestamp: 2 });
    expect(sink.data[2]).toBe(sink.data[0]);
  });

  it("are kept from a picture that is lost otherwise", () => {
    const { push, assembler, only } = assembleJpegs();
    push({ q: 200, tables: inBand(two), marker: false });
    assembler.gap();
    push({ q: 200, tables: inBand(Buffer.alloc(0)), timestamp: 1 });
    expect(only().db).toEqual(hexOf([two.subarray(0, 64), two.subarray(64)]));
  });

  it("may be one for all", () => {
    const { push, only } = assembleJpegs();
    push({ q: 255, tables: makeTables(7, 64) });
    expect(only().db).toEqual(hexOf([Buffer.alloc(64, 7), Buffer.alloc(64, 7)]));
  });

  it.each([
    [0b11, 256, ["10", "11"], [128, 128]],
    [0b01, 192, ["10", "01"], [128, 64]],
    [0b10, 192, ["00", "11"], [64, 128]],
    [0b100, 128, ["00", "01"], [64, 64]],
  ])("may have 16 bits, precision %i", (precision, bytes, selectors, lengths) => {
    const { push, only } = assembleJpegs();
    push({ q: 255, tables: makeTables(3, bytes, precision) });
    expect(only().db).toEqual(selectors.map((selector, index) => selector + "03".repeat(lengths[index] as number)));
  });

  it.each([
    ["that Q 255 leaves out", { q: 255, tables: makeTables(0, 0) }],
    ["that were never sent", { q: 200, tables: makeTables(0, 0) }],
    ["without a header", { q: 200, body: Buffer.alloc(3) }],
    ["that are longer than the packet", { q: 200, tables: Buffer.from("00000080", "hex"), body: Buffer.alloc(100) }],
    ["that are too short for luma", { q: 200, tables: makeTables(1, 63) }],
    ["that are too short for chroma", { q: 200, tables: makeTables(1, 127) }],
    ["of 16 bits that are too short", { q: 200, tables: makeTables(1, 191, 3) }],
    ["of Q 0, which is reserved", { q: 0 }],
    ["of Q 100, which is reserved", { q: 100 }],
    ["of Q 127, which is reserved", { q: 127 }],
  ])("%s lose the picture", (_name, step) => {
    const { push, sink, tags } = assembleJpegs();
    push({ timestamp: 1 });
    push({ ...step, timestamp: 2 });
    push({ timestamp: 3 });
    expect([tags(), sink.lostCount]).toEqual([[1, 1], 1]);
  });
});

describe("JpegAssembler: size", () => {
  const size = { width: 2_592, height: 1_944 };

  it.each([1, 255])("is as the packets tell, from 8 to 2040: %i blocks", (blocks) => {
    const { push, sink } = assembleJpegs();
    push({ width: blocks, height: blocks });
    expect(jpegSize(sink.units[0]?.data as Buffer)).toEqual({ width: blocks * 8, height: blocks * 8 });
  });

  it("is as it was told where the packets cannot", () => {
    const { push, sink } = assembleJpegs({ size });
    push({ width: 0, height: 0 });
    expect(jpegSize(sink.units[0]?.data as Buffer)).toEqual(size);
  });

  it("is as it was told only in what the packets cannot", () => {
    const { push, sink } = assembleJpegs({ size });
    push({ width: 0, height: 100 });
    expect(jpegSize(sink.units[0]?.data as Buffer)).toEqual({ width: 2_592, height: 800 });
  });

  it("is as it was told where the packets round it up, and not where they tell another", () => {
    const { push, sink } = assembleJpegs({ size: { width: 642, height: 358 } });
    push({ width: 81, height: 45 });
    push({ width: 80, height: 46, timestamp: 1 });
    expect(sink.units.map(({ data }) => jpegSize(data))).toEqual([
      { width: 642, height: 358 },
      { width: 640, height: 368 },
    ]);
  });

  it("loses pictures whose size nobody tells", () => {
    const { push, sink } = assembleJpegs();
    push({ width: 0, height: 0 });
    push({ width: 0, height: 10, timestamp: 1 });
    expect([sink.units.length, sink.lostCount]).toEqual([0, 2]);
  });
});
