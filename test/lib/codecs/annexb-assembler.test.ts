import { describe, expect, it } from "vitest";
import { AnnexBAssembler } from "../../../lib/codecs/annexb-assembler.js";
import { RecordingSink } from "../../support/recording-sink.js";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

/** H.264 NAL units behind their start codes. */
const SPS = "00000001 6742c01e";
const PPS = "00000001 68ce3c80";
const KEY = "000001 65888421";
const NEXT = "00000001 419a2466";
const NEXT_SLICE = "000001 411a2466";
const AUD = "00000001 09f0";

function start(options: { codec?: "h264" | "h265"; maxUnitBytes?: number } = {}) {
  const sink = new RecordingSink();
  const assembler = new AnnexBAssembler({ sink, ...options });
  const push = (text: string, nowMs = 0) => assembler.push(hex(text), nowMs);
  const data = () => sink.units.map((unit) => unit.data.toString("hex"));
  return { sink, assembler, push, data };
}

const normal = (text: string) =>
  text
    .split(/(?:00)?000001 /)
    .slice(1)
    .map((nal) => `00000001${nal.trim()}`)
    .join("");

describe("where AnnexBAssembler sees the end of an access unit", () => {
  it.each([
    ["an access unit delimiter's first byte", "00000001 09"],
    ["a sequence parameter set", "000001 6742"],
    ["a picture parameter set", "000001 68ce"],
    ["an SEI", "000001 0605"],
    ["the first slice of the next picture", "000001 419a"],
  ])("H.264: %s", (_name, next) => {
    const { sink, push, data } = start();
    push(`${SPS} ${PPS} ${KEY}`);
    expect(sink.units).toHaveLength(0);
    push(next);
    expect(data()).toEqual([normal(`${SPS} ${PPS} ${KEY}`)]);
  });

  it.each([
    ["an access unit delimiter's first byte", "00000001 46"],
    ["a video parameter set", "000001 4001"],
    ["a sequence parameter set", "000001 4201"],
    ["a picture parameter set", "000001 4401"],
    ["a prefix SEI", "000001 4e0105"],
    ["the first slice segment of the next picture", "000001 020180"],
  ])("H.265: %s", (_name, next) => {
    const unit = "00000001 40010c 00000001 420101 000001 2601af";
    const { sink, push, data } = start();
    push(unit);
    expect(sink.units).toHaveLength(0);
    push(next);
    expect(data()).toEqual([normal(unit)]);
  });

  it.each([
    ["a further slice", NEXT_SLICE],
    ["filler data", "000001 0cff80"],
    ["the end of a sequence", "000001 0a"],
  ])("not at %s", (_name, next) => {
    const { sink, push } = start();
    push(`${SPS} ${PPS} ${KEY} ${next} 000001`);
    expect(sink.units).toHaveLength(0);
  });

  it("not at a suffix SEI of H.265", () => {
    const { sink, push } = start();
    push("00000001 420101 000001 2601af 000001 5001 000001");
    expect(sink.units).toHaveLength(0);
  });

  it("keeps several slices together and leaves delimiter and filler data out", () => {
    const { push, data } = start({ codec: "h264" });
    push(`${AUD} ${NEXT} ${NEXT_SLICE} 000001 0cffff80 ${NEXT_SLICE} ${AUD}`);
    expect(data()).toEqual([normal(`${NEXT} ${NEXT_SLICE} ${NEXT_SLICE}`)]);
  });

  it("takes zeros before a start code for no part of a NAL unit", () => {
    const { push, data } = start({ codec: "h264" });
    push("000001 419a2466 0000000000 000001 419a24 0000 000001 09");
    expect(data()).toEqual(["00000001419a2466", "00000001419a24"]);
  });
});

describe("what AnnexBAssembler discards", () => {
  it("all before the first parameter set when the codec is not given", () => {
    const { sink, push, data } = start();
    push(`ffee ${NEXT} ${NEXT} ${SPS} ${KEY} ${AUD}`);
    expect(data()).toEqual([normal(`${SPS} ${KEY}`)]);
    expect(sink).toMatchObject({ discardedBytes: 18, lostCount: 0 });
  });

  it("only what is no NAL unit when the codec is given", () => {
    const { sink, push, data } = start({ codec: "h264" });
    push(`ffee ${NEXT} ${AUD}`);
    expect(data()).toEqual([normal(NEXT)]);
    expect(sink.discardedBytes).toBe(2);
  });

  it("nothing of a stream that begins with a delimiter", () => {
    const { sink, push } = start();
    for (const byte of hex(`${AUD} ${SPS} ${PPS} ${KEY} ${AUD}`)) push(byte.toString(16).padStart(2, "0"));
    expect(sink.units).toHaveLength(1);
    expect(sink.discardedBytes).toBe(0);
  });

  it("a picture whose first slice did not come", () => {
    const { sink, push, data } = start({ codec: "h264" });
    push(`${AUD} ${NEXT_SLICE} ${NEXT_SLICE} ${AUD} ${NEXT} ${AUD}`);
    expect(data()).toEqual([normal(NEXT)]);
    expect(sink.lostCount).toBe(1);
  });

  it("an access unit longer than allowed, and goes on at the next", () => {
    const { sink, push, data } = start({ codec: "h264", maxUnitBytes: 100 });
    push(NEXT + "ff".repeat(60));
    push("ff".repeat(60));
    push(`ffff ${NEXT} ${AUD}`);
    expect(data()).toEqual([normal(NEXT)]);
    expect(sink).toMatchObject({ lostCount: 1, discardedBytes: 129 });
  });

  it("an access unit of more NAL units than any picture has", () => {
    const { sink, push, data } = start({ codec: "h264" });
    push(NEXT + NEXT_SLICE.repeat(5000));
    push(`${NEXT} ${AUD}`);
    expect(data()).toEqual([normal(NEXT)]);
    expect(sink.lostCount).toBe(1);
  });
});

describe("AnnexBAssembler and the codec", () => {
  it("goes on with the other codec when its parameter sets come", () => {
    const { sink, push } = start();
    push(`${SPS} ${PPS} ${KEY} 00000001 460150 00000001 40010c 00000001 420101 000001 2601af ${AUD} ${SPS} ${KEY}`);
    push(AUD);
    expect(sink.units.map((unit) => unit.codec)).toEqual(["h264", "h265", "h264"]);
  });

  it("keeps to the codec that it is given", () => {
    const { sink, push } = start({ codec: "h264" });
    push(`${NEXT} 00000001 420101 ${NEXT} ${AUD}`);
    expect(sink.units.map((unit) => unit.codec)).toEqual(["h264", "h264"]);
  });
});

describe("the time that AnnexBAssembler gives an access unit", () => {
  it("is when its last byte came, not when its end was seen", () => {
    const { sink, push } = start({ codec: "h264" });
    push("00000001 419a", 10);
    push("2466 00", 20);
    push("000001", 30);
    push("09", 40);
    expect(sink.units.map((unit) => unit.receivedAtMs)).toEqual([20]);
  });

  it("is this push's when the end comes with the last byte", () => {
    const { sink, push } = start({ codec: "h264" });
    push("00000001 419a", 10);
    push(`2466 ${AUD}`, 20);
    expect(sink.units.map((unit) => unit.receivedAtMs)).toEqual([20]);
  });

  it("is the last push's on a flush", () => {
    const { sink, push, assembler } = start({ codec: "h264" });
    push("00000001 419a2466", 10);
    assembler.flush(50);
    expect(sink.units.map((unit) => unit.receivedAtMs)).toEqual([10]);
  });
});

describe("AnnexBAssembler.flush", () => {
  it("emits what is held at once", () => {
    const { push, data, assembler } = start();
    push(`${SPS} ${PPS} ${KEY}`);
    assembler.flush(0);
    push(NEXT);
    assembler.flush(0);
    expect(data()).toEqual([normal(`${SPS} ${PPS} ${KEY}`), normal(NEXT)]);
    expect(assembler.misfires).toBe(0);
  });

  it.each([
    ["in the zeros before it", "00", "000001 09"],
    ["in its middle", "0000", "01 09"],
    ["behind it", "00000001", "09"],
  ])("is right when the pause is at a start code, %s", (_name, before, after) => {
    const { sink, push, data, assembler } = start({ codec: "h264" });
    push(NEXT + before);
    assembler.flush(0);
    push(`${after} ${NEXT} ${AUD}`);
    expect(data()).toEqual([normal(NEXT), normal(NEXT)]);
    expect(sink).toMatchObject({ lostCount: 0, discardedBytes: 0 });
    expect(assembler.misfires).toBe(0);
  });

  it("is a misfire when the NAL unit goes on: the rest is dropped until the next access unit", () => {
    const { sink, push, data, assembler } = start({ codec: "h264" });
    push(NEXT);
    assembler.flush(0);
    push(`00 2233 ${NEXT_SLICE}`);
    push(`${NEXT} ${AUD}`);
    expect(data()).toEqual([normal(NEXT), normal(NEXT)]);
    expect(sink).toMatchObject({ lostCount: 1, discardedBytes: 10 });
    expect(assembler.misfires).toBe(1);
  });

  it("is a misfire when a further slice comes", () => {
    const { sink, push, data, assembler } = start({ codec: "h264" });
    push(NEXT);
    assembler.flush(0);
    push(`${NEXT_SLICE} ${NEXT_SLICE} ${NEXT} ${AUD}`);
    expect(data()).toEqual([normal(NEXT), normal(NEXT)]);
    expect(sink.lostCount).toBe(1);
    expect(assembler.misfires).toBe(1);
  });

  it("is none when only filler data or a suffix comes", () => {
    const { push, data, assembler } = start({ codec: "h264" });
    push(NEXT);
    assembler.flush(0);
    push(`000001 0cff80 000001 0a ${NEXT} ${AUD}`);
    expect(data()).toEqual([normal(NEXT), normal(NEXT)]);
    expect(assembler.misfires).toBe(0);
  });

  it.each([
    ["nothing came", ""],
    ["no picture began", `${SPS} ${PPS}`],
    ["only noise came", "ffffffff"],
  ])("does nothing when %s", (_name, bytes) => {
    const { sink, push, assembler } = start();
    push(bytes);
    expect(assembler.pending).toBe(false);
    assembler.flush(0);
    push(`${bytes === "" ? SPS : ""} ${bytes === "ffffffff" ? SPS : ""} ${KEY} ${AUD}`);
    expect(sink.units).toHaveLength(1);
  });

  it("has something to do only from a slice on until the end", () => {
    const { push, assembler } = start();
    push(`${SPS} ${PPS}`);
    expect(assembler.pending).toBe(false);
    push(KEY);
    expect(assembler.pending).toBe(true);
    push(AUD);
    expect(assembler.pending).toBe(false);
  });
});
