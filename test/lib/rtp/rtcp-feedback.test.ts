import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeReceiverReport } from "../../../lib/rtp/rtcp.js";
import { parseRtcpFeedback } from "../../../lib/rtp/rtcp-feedback.js";
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
