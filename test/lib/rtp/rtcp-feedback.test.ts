import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRtcp, writeReceiverReport } from "../../../lib/rtp/rtcp.js";
import { parseRtcpFeedback, type RtcpRequest, writeRtcpFeedback } from "../../../lib/rtp/rtcp-feedback.js";
import { writeIntraRequest, writeNack, writePictureLoss } from "../../support/rtcp-feedback.js";

const NACK = Buffer.from("81cd00030000000112345678fffe8003", "hex");

describe("feedback of receivers", () => {
  it("reads which packets are missed, also those that the bits tell, and beyond the wrap", () => {
    const sequences = [0xfffe, 0xffff, 0, 14];
    expect(parseRtcpFeedback(NACK)).toEqual([{ kind: "nack", ssrc: 0x12345678, sequences }]);
  });

  it("reads every entry", () => {
    expect(parseRtcpFeedback(writeNack(7, [1, 500]))).toEqual([{ kind: "nack", ssrc: 7, sequences: [1, 500] }]);
  });

  it("reads both ways of asking for a keyframe, each with its stream", () => {
    const compound = Buffer.concat([writeReceiverReport(1, [], "x"), writePictureLoss(7), writeIntraRequest(8)]);
    expect(parseRtcpFeedback(compound)).toEqual([
      { kind: "keyframe-request", ssrc: 7 },
      { kind: "keyframe-request", ssrc: 8 },
    ]);
  });

  it("keeps no more than 1024 of the packets that are missed", () => {
    const flood = writeNack(
      7,
      Array.from({ length: 5_000 }, (_, index) => index),
    );
    expect(parseRtcpFeedback(flood)).toMatchObject([{ sequences: { length: 1_024 } }]);
  });

  it.each([
    ["other feedback of the transport", "8fcd00030000000112345678fffe8003"],
    ["a bandwidth estimate", "8fce0004000000010000000052454d4201000000"],
    ["a header alone", "81cd0000"],
    ["one stream's name", "81cd000100000001"],
    ["a packet cut off", "81cd00030000000112345678fffe"],
    ["another version", "41cd00030000000112345678fffe8003"],
  ])("passes over %s", (_name, hex) => {
    expect(parseRtcpFeedback(Buffer.from(hex, "hex"))).toEqual([]);
  });

  it("throws nothing whatever comes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(205, 206), (bytes, type) => {
        const datagram = Buffer.from([0x80 | (bytes[0] ?? 0), type, 0, (bytes.length / 4) | 0, ...bytes]);
        expect(parseRtcpFeedback(datagram).length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

const FROM = { ssrc: 0x01020304, cname: "name" };
/** An empty report of ours, and our name. */
const HEAD = "80c9000101020304" + "81ca000301020304" + "01046e616d650000";

describe("feedback that is written", () => {
  it.each<[string, RtcpRequest, string]>([
    [
      "a NACK",
      { kind: "nack", ssrc: 0x12345678, sequences: [0xfffe, 0xffff, 0, 14, 15] },
      "81cd00040102030412345678fffe8003000f0000",
    ],
    ["a request for a keyframe", { kind: "keyframe-request", ssrc: 0x12345678 }, "81ce00020102030412345678"],
    [
      "an estimate of the bandwidth",
      { kind: "bandwidth-estimate", ssrc: 0x12345678, bitsPerSecond: 2_500_000 },
      // 156250 times 2^4.
      "8fce00050102030400000000" + "52454d42" + "0112625a" + "12345678",
    ],
  ])("is, bit by bit, %s behind an empty report", (_name, request, hex) => {
    expect(writeRtcpFeedback(request, FROM).toString("hex")).toBe(HEAD + hex);
  });

  it("is read as it was meant, whatever is missing", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.nat(0xffff), (steps, first) => {
        let sequence = first;
        const sequences = steps.map((step) => {
          sequence = (sequence + step) & 0xffff;
          return sequence;
        });
        const written = writeRtcpFeedback({ kind: "nack", ssrc: 7, sequences }, FROM);
        expect(parseRtcpFeedback(written)).toEqual([{ kind: "nack", ssrc: 7, sequences }]);
        expect(parseRtcp(written)).toEqual([{ kind: "receiver-report", ssrc: FROM.ssrc, blocks: [] }]);
      }),
    );
  });

  it("never gets longer than a packet may be", () => {
    const sequences = Array.from({ length: 512 }, (_, index) => index * 20);
    const written = writeRtcpFeedback({ kind: "nack", ssrc: 7, sequences }, FROM);
    expect(written.length).toBeLessThan(1_200);
    expect(parseRtcpFeedback(written)).toEqual([{ kind: "nack", ssrc: 7, sequences: sequences.slice(0, 256) }]);
  });

  it.each([0, 1, 262_143, 262_144, 1_000_000, 100_000_000, 5_000_000_000])(
    "tells a bandwidth of %d",
    (bitsPerSecond) => {
      const written = writeRtcpFeedback({ kind: "bandwidth-estimate", ssrc: 7, bitsPerSecond }, FROM);
      const word = written.readUInt32BE(written.length - 8);
      const told = (word & 0x3ffff) * 2 ** ((word >>> 18) & 0x3f);
      expect(told).toBeLessThanOrEqual(bitsPerSecond);
      expect(told).toBeGreaterThanOrEqual(bitsPerSecond * (1 - 2 ** -17));
    },
  );
});
