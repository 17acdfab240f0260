import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { START_CODE } from "../../../lib/codecs/annexb.js";
import { AnnexBAssembler } from "../../../lib/codecs/annexb-assembler.js";
import { insertStamp } from "../../../lib/codecs/frame-stamp.js";
import { RecordingSink } from "../../support/recording-sink.js";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const AUD = hex("00000001 09f0");

/** Picture `sequence`, of `slices` slices, with its stamp. */
function stamped(sequence: number, slices = 1): Buffer {
  const nals = ["00000001 419a2466", ..."x".repeat(slices - 1)].map((nal) => nal.replace("x", "00000001 411a2466"));
  const unit: AccessUnit = { codec: "h264", data: hex(nals.join("")), keyframe: false, receivedAtMs: 0 };
  return insertStamp(unit, { sequence, capturedAtUs: 1_000_000n });
}

function start() {
  const sink = new RecordingSink();
  const assembler = new AnnexBAssembler({ sink, codec: "h264" });
  const push = (...parts: Buffer[]) => assembler.push(Buffer.concat(parts), 0);
  const sequences = () => sink.units.map((unit) => unit.stamp?.sequence);
  return { sink, assembler, push, sequences };
}

describe("AnnexBAssembler with frame stamps", () => {
  it.each([1, 4])("emits a picture of %i slices with its last byte", (slices) => {
    const { sink, push, assembler } = start();
    const data = stamped(1, slices);
    push(data.subarray(0, -1));
    expect(sink.units).toHaveLength(0);
    push(data.subarray(-1));
    expect(sink.units.map((unit) => unit.data)).toEqual([data]);
    expect(assembler.pending).toBe(false);
  });

  it("goes on behind it, with a delimiter or without", () => {
    const { sink, push, sequences } = start();
    push(stamped(1));
    push(AUD);
    push(stamped(2));
    push(stamped(3), AUD, stamped(4), stamped(5));
    expect(sequences()).toEqual([1, 2, 3, 4, 5]);
    expect(sink).toMatchObject({ lostCount: 0, discardedBytes: 0 });
  });

  it("knows the length too where start codes have 3 bytes on the wire", () => {
    const { push, sequences } = start();
    push(Buffer.from(stamped(1, 4).toString("hex").replaceAll("00000001", "000001"), "hex"));
    expect(sequences()).toEqual([1]);
  });

  it("counts a picture as lost that has fewer bytes than its stamp tells", () => {
    const { sink, push, sequences } = start();
    push(stamped(1).subarray(0, -1), AUD, stamped(2));
    expect(sequences()).toEqual([2]);
    expect(sink.lostCount).toBe(1);
  });

  it("counts a picture as lost that has more bytes than its stamp tells", () => {
    const { sink, push, sequences } = start();
    push(stamped(1), hex("aabb"), AUD, stamped(2));
    expect(sequences()).toEqual([2]);
    expect(sink.lostCount).toBe(1);
  });

  it("counts a picture as lost that has another bit than its stamp tells, and goes on behind it", () => {
    const { sink, push, sequences } = start();
    const flipped = stamped(1, 4);
    flipped[flipped.length - 1] = (flipped.at(-1) as number) ^ 0x10;
    push(flipped);
    push(AUD, stamped(2));
    expect(sequences()).toEqual([2]);
    expect(sink.lostCount).toBe(1);
  });

  it("counts a picture as lost whose rest is another one's of the same length", () => {
    const { sink, push, sequences } = start();
    const [first, second] = [stamped(1, 4), stamped(2, 4)];
    second[second.length - 1] = 0x77;
    push(first.subarray(0, -20), second.subarray(-20), AUD, stamped(3));
    expect(sequences()).toEqual([3]);
    expect(sink.lostCount).toBe(1);
  });

  it("counts a picture as lost that went on behind its supposed end", () => {
    const { sink, push, sequences, assembler } = start();
    push(stamped(1));
    push(hex("aabb"), AUD, stamped(2));
    expect(sequences()).toEqual([1, 2]);
    expect(sink).toMatchObject({ lostCount: 1, discardedBytes: 2 });
    expect(assembler.misfires).toBe(0);
  });

  it("does not mend a picture that lost bytes with the next one's", () => {
    const { sink, push, sequences } = start();
    const [first, second] = [stamped(1, 40), stamped(2, 40)];
    // As when the datagrams around the border between two pictures do not arrive.
    push(first.subarray(0, 200));
    push(second.subarray(150));
    push(AUD, stamped(3));
    expect(sequences()).toEqual([3]);
    expect(sink.lostCount).toBe(1);
  });

  it("lets no flush cut a picture of which more is known to come", () => {
    const { push, sequences, assembler } = start();
    const data = stamped(1, 4);
    push(data.subarray(0, -10));
    expect(assembler.pending).toBe(false);
    assembler.flush(0);
    push(data.subarray(-10));
    expect(sequences()).toEqual([1]);
    expect(assembler.misfires).toBe(0);
  });

  it("waits for the rest of the start code behind a picture", () => {
    const { sink, push, sequences } = start();
    push(stamped(1), START_CODE.subarray(0, 2));
    push(START_CODE.subarray(2), AUD.subarray(4), stamped(2));
    expect(sequences()).toEqual([1, 2]);
    expect(sink).toMatchObject({ lostCount: 0, discardedBytes: 0 });
  });
});
