import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  parseRtcp,
  type ReportBlock,
  type SenderReport,
  writeBye,
  writeReceiverReport,
  writeSenderReport,
} from "../../../lib/rtp/rtcp.js";

const REPORT: SenderReport = { ssrc: 0x11223344, ntpMs: 500, rtpTimestamp: 0xfffffffe, packets: 7, octets: 0x010203 };
const REPORT_HEX = "80c800061122334483aa7e8080000000fffffffe0000000700010203";

const BLOCK: ReportBlock = {
  ssrc: 0xaabbccdd,
  fractionLost: 0.25,
  cumulativeLost: -2,
  highestSequence: 0x0001_ffff,
  jitter: 300,
  lastSenderReport: 0x7e808000,
  delaySinceLastSenderReport: 65_536,
};
const BLOCK_HEX = "aabbccdd40fffffe0001ffff0000012c7e80800000010000";

// As ffmpeg 5.1 and GStreamer 1.22 sent them; GStreamer's reports are on the sender of the ffmpeg report beside them,
// of which every tenth packet was thrown away.
const FFMPEG_REPORT = "80c8000651b65f41eeb155bffb645a1c9176063a0000000000000000";
const GSTREAMER_ON_FFMPEG =
  "81c900076b8946ec51b65f411600000500000fa60000012155bffb640002bf5d81ca000c6b8946ec011b757365723933353237" +
  "3539353940686f73742d323066646636626206094753747265616d657200000000";
const GSTREAMER_LEAVES =
  "80c8000677bdbddceeb155a4df2edfe7ab0fb2580000007c00005ba481ca000c77bdbddc011c75736572323331343036373830" +
  "3340686f73742d323362323365613406094753747265616d657200000081cb000177bdbddc";

const bytes = (...hex: string[]): Buffer => Buffer.from(hex.join(""), "hex");
const kinds = (datagram: Buffer): string[] => parseRtcp(datagram).map(({ kind }) => kind);

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const report: fc.Arbitrary<SenderReport> = fc.record({
  ssrc: word,
  ntpMs: fc.double({ min: Date.UTC(1990), max: Date.UTC(2036), noNaN: true }),
  rtpTimestamp: word,
  packets: word,
  octets: word,
});
const block: fc.Arbitrary<ReportBlock> = fc.record({
  ssrc: word,
  fractionLost: fc.integer({ min: 0, max: 255 }).map((fraction) => fraction / 256),
  cumulativeLost: fc.integer({ min: -0x80_0000, max: 0x7f_ffff }),
  highestSequence: word,
  jitter: word,
  lastSenderReport: word,
  delaySinceLastSenderReport: word,
});

describe("writing RTCP", () => {
  it("writes a sender report and the name", () => {
    expect(writeSenderReport(REPORT, "ab").toString("hex")).toBe(`${REPORT_HEX}81ca0003112233440102616200000000`);
  });

  it("writes a receiver report, its blocks and the name", () => {
    const name = "81ca0003000000050103616263000000";
    expect(writeReceiverReport(5, [BLOCK], "abc").toString("hex")).toBe(`81c9000700000005${BLOCK_HEX}${name}`);
  });

  it("writes BYE behind an empty report", () => {
    const name = "81ca00020000000501016100";
    expect(writeBye(5, "a").toString("hex")).toBe(`80c9000100000005${name}81cb000100000005`);
  });

  it.each([
    ["", "81ca00020000000501000000"],
    ["ab", "81ca0003000000050102616200000000"],
    ["abcdef", "81ca000400000005010661626364656600000000"],
  ])("ends the name %j with a zero, and fills the word", (cname, hex) => {
    expect(writeReceiverReport(5, [], cname).subarray(8).toString("hex")).toBe(hex);
  });

  it("cuts a name that is too long for its length", () => {
    const written = writeReceiverReport(5, [], "x".repeat(1_000));
    expect(written.subarray(16, 18)).toEqual(Buffer.of(1, 255));
    expect(written.length).toBe(8 + 8 + 260);
  });

  it.each<[string, Partial<ReportBlock>, Partial<ReportBlock>]>([
    ["all was lost", { fractionLost: 1 }, { fractionLost: 255 / 256 }],
    ["a fraction lies between the steps", { fractionLost: 0.9999 / 256 }, { fractionLost: 0 }],
    ["more was lost than 24 bits hold", { cumulativeLost: 1e9 }, { cumulativeLost: 0x7f_ffff }],
    ["more came twice than 24 bits hold", { cumulativeLost: -1e9 }, { cumulativeLost: -0x80_0000 }],
    ["jitter is a fraction", { jitter: 7.9 }, { jitter: 7 }],
    ["jitter is too large", { jitter: 1e12 }, { jitter: 0xffff_ffff }],
    [
      "the sender report came long ago",
      { delaySinceLastSenderReport: 1e12 },
      { delaySinceLastSenderReport: 0xffff_ffff },
    ],
  ])("writes what fits where %s", (_what, given, expected) => {
    expect(parseRtcp(writeReceiverReport(5, [{ ...BLOCK, ...given }], "x"))).toEqual([
      { kind: "receiver-report", ssrc: 5, blocks: [{ ...BLOCK, ...expected }] },
    ]);
  });

  it("writes the first 31 of too many blocks", () => {
    const [parsed] = parseRtcp(writeReceiverReport(5, Array<ReportBlock>(40).fill(BLOCK), "x"));
    expect(parsed).toMatchObject({ blocks: { length: 31 } });
  });

  it("lets counters wrap", () => {
    const written = writeSenderReport({ ...REPORT, packets: 2 ** 32 + 3, octets: 2 ** 33 + 4 }, "x");
    expect(parseRtcp(written)).toMatchObject([{ report: { packets: 3, octets: 4 } }]);
  });

  it("gives back what was written", () => {
    fc.assert(
      fc.property(report, fc.array(block, { maxLength: 31 }), fc.string({ maxLength: 300 }), (sent, blocks, cname) => {
        const { ssrc } = sent;
        const datagram = Buffer.concat([
          ...[writeSenderReport(sent, cname), writeReceiverReport(ssrc, blocks, cname), writeBye(ssrc, cname)],
        ]);
        expect(parseRtcp(datagram)).toEqual([
          { kind: "sender-report", report: sent, blocks: [] },
          { kind: "receiver-report", ssrc, blocks },
          { kind: "receiver-report", ssrc, blocks: [] },
          { kind: "bye", ssrcs: [ssrc] },
        ]);
      }),
    );
  });
});

describe("parsing RTCP", () => {
  it("takes a sender report with blocks, and passes over extensions behind them", () => {
    const packet = bytes(`81c8000d${REPORT_HEX.slice(8)}`, BLOCK_HEX, "deadbeef");
    expect(parseRtcp(packet)).toEqual([{ kind: "sender-report", report: REPORT, blocks: [BLOCK] }]);
  });

  it.each<[string, string, string[]]>([
    ["nothing", "", []],
    ["a report of another version", REPORT_HEX.replace(/^8/, "4"), []],
    ["a report that lacks its block", REPORT_HEX.replace(/^80/, "81"), []],
    ["a report that is longer than the datagram", REPORT_HEX.replace("0006", "0007"), []],
    ["a report of no length", "80c80000", []],
    ["an empty receiver report", "80c9000100000005", ["receiver-report"]],
    ["a receiver report without a sender", "80c90000", []],
    ["a BYE of nobody", "80cb0000", ["bye"]],
    ["a BYE that lacks the second of two", "82cb000100000005", []],
    ["a BYE with a reason", "81cb000200000005 03627965", ["bye"]],
    ["padding", `a0c80007${REPORT_HEX.slice(8)}00000004`, ["sender-report"]],
    ["padding that is the whole packet", "a0c9000100000008", []],
    ["padding of no length", `a0c80007${REPORT_HEX.slice(8)}00000000`, []],
    ["padding over part of a word", `a0c80007${REPORT_HEX.slice(8)}00000003`, []],
    ["padding that begins before the packet", "a0c90001000000ff", []],
    ["padding that is a part of the report", `a0c80006${REPORT_HEX.slice(8, -2)}04`, []],
    ["reduced size: feedback first", "81ce000200000001 00000002 80c9000100000005", ["receiver-report"]],
    ["what follows SDES, APP and XR", "80ca0000 80cc0002 00000001 61626364 80cf0000 80cb0000", ["bye"]],
    ["what comes before garbage", "80c9000100000005 ffffffff 80cb0000", ["receiver-report"]],
  ])("finds in %s what is whole", (_what, hex, expected) => {
    expect(kinds(bytes(hex.replaceAll(" ", "")))).toEqual(expected);
  });

  it.each([
    ["a sender report", writeSenderReport(REPORT, "somebody@here")],
    ["a receiver report", writeReceiverReport(5, [BLOCK, BLOCK], "somebody@here")],
    ["a farewell", writeBye(5, "somebody@here")],
    ["GStreamer's report", bytes(GSTREAMER_ON_FFMPEG)],
    ["GStreamer's farewell", bytes(GSTREAMER_LEAVES)],
  ])("finds in %s the packets before any point of truncation", (_what, whole) => {
    const starts: number[] = [];
    for (let at = 0; at < whole.length; at += 4 + whole.readUInt16BE(at + 2) * 4) starts.push(at);
    for (let length = 0; length < whole.length; length++) {
      const lastWhole = starts.findLast((start) => start <= length) ?? 0;
      const cut = parseRtcp(whole.subarray(0, length));
      expect(cut).toEqual(parseRtcp(whole.subarray(0, lastWhole)));
      expect(cut.length).toBeLessThanOrEqual(parseRtcp(whole).length);
    }
  });

  it("throws nothing, whatever comes", () => {
    const random = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    const mutated = fc
      .tuple(
        fc.constantFrom(GSTREAMER_ON_FFMPEG, GSTREAMER_LEAVES, REPORT_HEX),
        fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
      )
      .map(([hex, changes]) => {
        const datagram = bytes(hex);
        for (const [at, value] of changes) datagram[at % datagram.length] = value;
        return datagram;
      });
    const headed = fc
      .tuple(fc.integer({ min: 0x80, max: 0xbf }), fc.integer({ min: 199, max: 208 }), fc.nat(20), random)
      .map(([flags, type, length, rest]) => Buffer.concat([Buffer.of(flags, type, 0, length), rest]));
    fc.assert(
      fc.property(fc.oneof(random, mutated, headed), (datagram) => {
        for (const packet of parseRtcp(datagram)) {
          expect(JSON.stringify(packet)).not.toContain("null");
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("RTCP of others", () => {
  it("tells what ffmpeg sent", () => {
    expect(parseRtcp(bytes(FFMPEG_REPORT))).toEqual([
      {
        kind: "sender-report",
        report: {
          ssrc: 0x51b65f41,
          ntpMs: expect.closeTo(1_795_610_431_982, 0),
          rtpTimestamp: 0x9176063a,
          packets: 0,
          octets: 0,
        },
        blocks: [],
      },
    ]);
  });

  it("tells what GStreamer reported", () => {
    const seen: ReportBlock = {
      ssrc: 0x51b65f41,
      fractionLost: 22 / 256,
      cumulativeLost: 5,
      highestSequence: 0xfa6,
      jitter: 289,
      lastSenderReport: 0x55bffb64,
      delaySinceLastSenderReport: 180_061,
    };
    expect(parseRtcp(bytes(GSTREAMER_ON_FFMPEG))).toEqual([
      { kind: "receiver-report", ssrc: 0x6b8946ec, blocks: [seen] },
    ]);
  });

  it("tells that GStreamer left, and what it had sent", () => {
    const sent = { ssrc: 0x77bdbddc, rtpTimestamp: 0xab0fb258, packets: 124, octets: 23_460 };
    expect(parseRtcp(bytes(GSTREAMER_LEAVES))).toEqual([
      { kind: "sender-report", report: { ...sent, ntpMs: expect.closeTo(1_795_610_404_871.8, 1) }, blocks: [] },
      { kind: "bye", ssrcs: [0x77bdbddc] },
    ]);
  });
});
