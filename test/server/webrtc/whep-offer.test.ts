import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpError } from "../../../server/web/http-error.js";
import { writeWhepAnswer } from "../../../server/webrtc/whep-answer.js";
import { readWhepOffer } from "../../../server/webrtc/whep-offer.js";
import { type MakeOfferOptions, makeOffer } from "./make-offer.js";

const H264 = (profile: string) => `level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profile}`;
const H264_STREAM = { codec: "h264", codecString: "avc1.42c01e" } as const;
const VP8_STREAM = { codec: "vp8", codecString: "vp8" } as const;

describe("a viewer's offer", () => {
  it("is taken with the format that every browser decodes, and the extension for the delay", () => {
    const offer = readWhepOffer(makeOffer(), H264_STREAM);
    expect(offer).toMatchObject({ mid: "1", payloadType: 108, formatParameters: H264("42e01f"), playoutDelayId: 5 });
    expect(offer.iceUfrag).toBe("9CTO");
  });

  it.each([
    ["avc1.4d401f", 116],
    ["avc1.64001f", 108],
    ["avc1.42c01e", 108],
    [undefined, 108],
  ])("is taken with the stream's own profile where it has that: %s", (codecString, payloadType) => {
    expect(readWhepOffer(makeOffer(), { codec: "h264", codecString }).payloadType).toBe(payloadType);
  });

  it("is taken with plain baseline where it has no other", () => {
    const formats = [[99, "H264", H264("42001f")]] as const;
    expect(readWhepOffer(makeOffer({ formats }), { codec: "h264", codecString: "avc1.64001f" }).payloadType).toBe(99);
  });

  it("is taken with VP8 where the camera gives that", () => {
    const offer = readWhepOffer(makeOffer(), VP8_STREAM);
    expect(offer).toMatchObject({ codec: "vp8", payloadType: 96, formatParameters: "", playoutDelayId: 5 });
    expect(offer.sdp).toContain("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n");
    expect(offer.sdp.match(/^a=(?:rtpmap|fmtp).*$/gm)).toEqual(["a=rtpmap:96 VP8/90000"]);
    const formats = [[97, "vp8", "max-fr=30"]] as const;
    expect(readWhepOffer(makeOffer({ formats }), VP8_STREAM).sdp).toContain("a=fmtp:97 max-fr=30\r\n");
  });

  it.each([
    ["no VP8", [[108, "H264", H264("42e01f")]], VP8_STREAM],
    ["no VP8", [[96, "VP8X", ""]], VP8_STREAM],
    ["no VP8", [[200, "VP8", ""]], VP8_STREAM],
    ["no H.264 with packetization-mode=1", [[96, "VP8", ""]], H264_STREAM],
  ] as const)("is refused where it has %s, and that is what the camera gives", (problem, formats, stream) => {
    const message = `the offer has ${problem}, and nothing else is sent`;
    expect(() => readWhepOffer(makeOffer({ formats }), stream)).toThrow(
      expect.objectContaining({ status: 406, message }),
    );
  });

  it("is left to the library with what was chosen of it", () => {
    const { sdp } = readWhepOffer(makeOffer(), H264_STREAM);
    expect(sdp.match(/^m=.*$/gm)).toEqual(["m=video 9 UDP/TLS/RTP/SAVPF 108"]);
    expect(sdp.match(/^a=(?:rtpmap|extmap).*$/gm)).toEqual([
      "a=rtpmap:108 H264/90000",
      "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    ]);
  });

  it("has no name looked up, and nothing but UDP tried", () => {
    const more = [
      "a=candidate:1 1 udp 2113937151 e2521541-3ec4-495a-8492-9e1cec8331ba.local 57188 typ host",
      "a=candidate:2 1 UDP 2113937151 192.0.2.7 57189 typ host generation 0",
      "a=candidate:3 1 udp 2113937151 2001:db8::7 57190 typ srflx raddr :: rport 0",
      "a=candidate:4 1 tcp 2113937151 192.0.2.7 9 typ host tcptype active",
      "a=candidate:5 1 udp 2113937151 localhost 22 typ host",
    ];
    const { sdp } = readWhepOffer(makeOffer({ more }), H264_STREAM);
    expect(sdp.match(/^a=candidate:\d/gm)).toEqual(["a=candidate:2", "a=candidate:3"]);
  });

  it("may stand without the extension, or with a number that does not fit", () => {
    expect(readWhepOffer(makeOffer({ without: ["a=extmap:5"] }), H264_STREAM).playoutDelayId).toBeUndefined();
    const more = ["a=extmap:15 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"];
    expect(readWhepOffer(makeOffer({ without: ["a=extmap:5"], more }), H264_STREAM).playoutDelayId).toBeUndefined();
  });

  it("may hold for all sections what others repeat in each", () => {
    const values = ["a=ice-ufrag:abcd", "a=setup:active"];
    const text = makeOffer({ without: ["a=ice-ufrag", "a=setup"] }).replace("t=0 0", ["t=0 0", ...values].join("\r\n"));
    expect(readWhepOffer(text, H264_STREAM).sdp).toContain("a=ice-ufrag:abcd\r\n");
    expect(readWhepOffer(text, H264_STREAM).sdp).toContain("a=setup:active\r\n");
  });

  const recvonly = ["a=recvonly"];
  it.each<[problem: string, status: number, MakeOfferOptions]>([
    ["no video", 406, { without: ["m=video"] }],
    ["no video", 406, { without: recvonly, more: ["a=sendonly"] }],
    ["no video", 406, { without: recvonly, more: ["a=inactive"] }],
    ["no H.264 with packetization-mode=1", 406, { formats: [[97, "H264", "packetization-mode=0"]] }],
    ["lacks a=rtcp-mux", 406, { without: ["a=rtcp-mux"] }],
    ["has no a=ice-pwd", 400, { without: ["a=ice-pwd"] }],
    ["has no valid a=ice-pwd", 400, { without: ["a=ice-pwd"], more: ["a=ice-pwd:short"] }],
    ["has no a=fingerprint", 400, { without: ["a=fingerprint"] }],
    ["has no valid a=fingerprint", 400, { without: ["a=fingerprint"], more: ["a=fingerprint:sha-256 zz"] }],
    ["has no a=mid", 400, { without: ["a=mid"] }],
    ["has no a=setup", 400, { without: ["a=setup"] }],
  ])("is refused with the reason: %s, %i", (problem, status, options) => {
    expect(() => readWhepOffer(makeOffer(options), H264_STREAM)).toThrow(
      expect.objectContaining({ status, message: expect.stringContaining(problem) }),
    );
  });

  it.each(["", "hello", "{}", "v=1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96"])("is refused where it is none: %j", (text) => {
    expect(() => readWhepOffer(text, H264_STREAM)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it("throws nothing but a status, whatever of it is damaged", () => {
    const lines = makeOffer().split("\r\n");
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.string({ maxLength: 40 }), (at, text) => {
        try {
          readWhepOffer(lines.with(at, `${lines[at]?.slice(0, 6)}${text}`).join("\r\n"), H264_STREAM);
        } catch (error) {
          expect(error).toBeInstanceOf(HttpError);
        }
      }),
    );
  });
});

describe("the answer to a viewer's offer", () => {
  const answered = [
    ...["v=0", "o=rtc 1 0 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 1"],
    ...[
      "m=video 50465 UDP/TLS/RTP/SAVPF 108",
      "a=mid:1",
      "a=sendonly",
      "a=rtcp-fb:108 nack",
      "a=rtcp-fb:108 goog-remb",
    ],
  ];

  it("has a section for each of the offer's, with nothing in what carries the transport", () => {
    const answer = writeWhepAnswer(readWhepOffer(makeOffer(), H264_STREAM), `${answered.join("\r\n")}\r\n`);
    expect(answer.trimEnd().split("\r\n")).toEqual([
      ...answered.slice(0, 4),
      ...["a=group:BUNDLE 0 1", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:0", "a=inactive"],
      ...["a=rtcp-mux", "a=rtpmap:111 opus/48000/2"],
      ...answered.slice(5, 9),
    ]);
  });

  it("promises no feedback that the offer lacks", () => {
    const offer = readWhepOffer(makeOffer({ without: ["a=rtcp-fb:108 nack"] }), H264_STREAM);
    expect(writeWhepAnswer(offer, answered.join("\n"))).not.toContain("rtcp-fb");
  });
});
