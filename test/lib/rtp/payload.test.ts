import { describe, expect, it } from "vitest";
import { depacketiseH264 } from "../../../lib/rtp/h264-payload.js";
import { depacketiseH265 } from "../../../lib/rtp/h265-payload.js";
import { NalCollector } from "../../../lib/rtp/nal-collector.js";

const DEPACKETISERS = { h264: depacketiseH264, h265: depacketiseH265 };

/** What comes of payloads, given in hex: NAL units in hex, "broken" or "unfinished". */
function read(codec: keyof typeof DEPACKETISERS, ...payloads: string[]): string[] | string {
  const collector = new NalCollector(100_000);
  for (const payload of payloads) DEPACKETISERS[codec](Buffer.from(payload.replaceAll(" ", ""), "hex"), collector);
  if (collector.broken) return "broken";
  return collector.unfinished ? "unfinished" : collector.take().map((nal) => nal.toString("hex"));
}

describe("depacketiseH264", () => {
  it.each([
    ["a single NAL unit", ["6588aa"], ["6588aa"]],
    ["a STAP-A", ["78 0002 6742 0001 68"], ["6742", "68"]],
    ["an FU-A in three", ["7c85 88aa", "7c05 bb", "7c45 cc"], ["6588aabbcc"]],
    ["an FU-A that is first and last at once", ["7cc5 88aa"], ["6588aa"]],
    ["types that are to be ignored", ["00aa", "1eaa", "1faa", ""], []],
    ["a zero byte left behind a NAL unit", ["6588aa00", "7c85 8800", "7c45 cc00"], ["6588aa", "658800cc"]],
  ])("reads %s", (_what, payloads, nals) => {
    expect(read("h264", ...payloads)).toEqual(nals);
  });

  it.each([
    ["an aggregate without NAL units", ["78"]],
    ["an aggregate with a length cut short", ["78 00"]],
    ["an aggregate beyond the end", ["78 0003 6742"]],
    ["an empty NAL unit in an aggregate", ["78 0000 0001 68"]],
    ["STAP-B", ["79 0000 0001 68"]],
    ["MTAP16", ["7a 0000 0001 68"]],
    ["FU-B", ["7d85 0000 88aa"]],
    ["a forbidden bit", ["e588aa"]],
    ["a fragment without its first", ["7c45 cc"]],
    ["a fragment of another NAL unit", ["7c85 88", "7c41 cc"]],
    ["a first fragment inside another", ["7c85 88", "7c85 88"]],
    ["a NAL unit inside a fragmented one", ["7c85 88", "41aa"]],
    ["an empty fragment", ["7c85"]],
  ])("marks %s as broken", (_what, payloads) => {
    expect(read("h264", ...payloads)).toBe("broken");
  });

  it("knows that the last fragment is still to come", () => {
    expect(read("h264", "7c85 88", "7c05 aa")).toBe("unfinished");
  });
});

describe("depacketiseH265", () => {
  it.each([
    ["a single NAL unit", ["2601aa"], ["2601aa"]],
    ["a NAL unit of nothing but its header", ["4801"], ["4801"]],
    ["an AP", ["6001 0003 4001aa 0003 4201bb"], ["4001aa", "4201bb"]],
    ["an FU in three", ["6201 93 aa", "6201 13 bb", "6201 53 cc"], ["2601aabbcc"]],
    ["types that are to be ignored", ["6601aa", "7e01aa", ""], []],
  ])("reads %s", (_what, payloads, nals) => {
    expect(read("h265", ...payloads)).toEqual(nals);
  });

  it.each([
    ["an aggregate beyond the end", ["6001 0004 4001aa"]],
    ["PACI", ["6401aaaaaaaa"]],
    ["a forbidden bit", ["a601aa"]],
    ["a fragment without its first", ["6201 53 cc"]],
    ["a fragment of another NAL unit", ["6201 93 aa", "6201 41 cc"]],
    ["half a header", ["26"]],
    ["an empty fragment", ["6201 93"]],
  ])("marks %s as broken", (_what, payloads) => {
    expect(read("h265", ...payloads)).toBe("broken");
  });
});

describe("NalCollector", () => {
  it("is broken, and holds nothing, over its bound", () => {
    const collector = new NalCollector(1_000);
    for (let count = 0; count < 9; count++) collector.add(Buffer.of(1));
    expect([collector.broken, collector.head]).toEqual([true, undefined]);
  });

  it("is as new after it was taken from", () => {
    const collector = new NalCollector(1_000);
    collector.fail();
    collector.take();
    collector.add(Buffer.of(1));
    expect([collector.broken, collector.take()]).toEqual([false, [Buffer.of(1)]]);
  });
});
