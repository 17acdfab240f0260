import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpError } from "../../../server/web/http-error.js";
import { readPublisherOffer } from "../../../server/webrtc/publisher-offer.js";
import { type MakeOfferOptions, makeOffer } from "./make-offer.js";

const H264 = (mode: number, profile: string) => `packetization-mode=${mode};profile-level-id=${profile}`;

/** An offer that sends. */
function offerOf({ without = [], more = [], ...rest }: MakeOfferOptions = {}): string {
  return makeOffer({ without: [...without, "a=recvonly"], more: ["a=sendonly", ...more], ...rest });
}

describe("the offer of a camera that pushes", () => {
  it.each<[what: string, formats: MakeOfferOptions["formats"], taken: [string, number, string]]>([
    [
      "H.264 before VP8",
      [
        [96, "VP8", ""],
        [97, "H264", H264(1, "42e01f")],
      ],
      ["h264", 97, H264(1, "42e01f")],
    ],
    [
      "the first, of any profile",
      [
        [99, "H264", H264(1, "640c1f")],
        [97, "H264", H264(1, "42e01f")],
      ],
      ["h264", 99, H264(1, "640c1f")],
    ],
    [
      "pictures in pieces",
      [
        [99, "H264", H264(0, "42e01f")],
        [97, "H264", H264(1, "4d001f")],
      ],
      ["h264", 97, H264(1, "4d001f")],
    ],
    [
      "whole pictures else",
      [
        [96, "VP8", ""],
        [99, "H264", H264(0, "42e01f")],
      ],
      ["h264", 99, H264(0, "42e01f")],
    ],
    ["H.264 that says nothing", [[99, "h264", ""]], ["h264", 99, ""]],
    [
      "VP8",
      [
        [45, "AV1", ""],
        [96, "VP8", ""],
      ],
      ["vp8", 96, ""],
    ],
    [
      "no number that looks like RTCP",
      [
        [72, "H264", H264(1, "42e01f")],
        [96, "VP8", ""],
      ],
      ["vp8", 96, ""],
    ],
  ])("is taken with %s", (_what, formats, taken) => {
    const { codec, payloadType, formatParameters, sdp } = readPublisherOffer(offerOf({ formats: formats ?? [] }));
    expect([codec, payloadType, formatParameters]).toEqual(taken);
    expect(sdp.match(/^a=rtpmap.*$/gm)).toEqual([`a=rtpmap:${taken[1]} ${taken[0].toUpperCase()}/90000`]);
    expect(sdp).toContain("a=sendonly\r\n");
  });

  it("may be one of a program that would receive as well", () => {
    expect(readPublisherOffer(makeOffer({ without: ["a=recvonly"], more: ["a=sendrecv"] })).payloadType).toBe(102);
    expect(readPublisherOffer(makeOffer({ without: ["a=recvonly"] })).payloadType).toBe(102);
  });

  it("may leave its transport to the section of sound that stands before", () => {
    const names = ["a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup"];
    const text = offerOf({ without: names, more: ["a=bundle-only"] })
      .replace("m=video 9", "m=video 0")
      .replace("a=mid:0", "a=mid:0\r\na=candidate:2 1 UDP 2113937151 192.0.2.7 57189 typ host");
    const { sdp, iceUfrag, mid } = readPublisherOffer(text);
    expect([iceUfrag, mid]).toEqual(["9CTO", "1"]);
    for (const name of [...names, "a=candidate:2 1 UDP"]) expect(sdp).toContain(name);
    const alone = text.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 1");
    expect(() => readPublisherOffer(alone)).toThrow("has no a=ice-ufrag");
  });

  const recvonly = ["a=sendonly"];
  it.each<[problem: string, status: number, MakeOfferOptions]>([
    ["sends no video", 406, { without: ["m=video"] }],
    ["sends no video", 406, { without: recvonly, more: ["a=recvonly"] }],
    ["sends no video", 406, { without: recvonly, more: ["a=inactive"] }],
    ["neither H.264 nor VP8", 406, { formats: [[96, "VP9", ""]] }],
    ["neither H.264 nor VP8", 406, { formats: [[97, "H264", `x=${"1".repeat(300)}`]] }],
    ["lacks a=rtcp-mux", 406, { without: ["a=rtcp-mux"] }],
    ["has no a=ice-pwd", 400, { without: ["a=ice-pwd"] }],
    ["has no valid a=fingerprint", 400, { without: ["a=fingerprint"], more: ["a=fingerprint:sha-256 zz"] }],
  ])("is refused with the reason: %s, %i", (problem, status, { without = [], more = [], ...rest }) => {
    const text = makeOffer({
      ...{ without: [...without, "a=recvonly"], more: without === recvonly ? more : ["a=sendonly", ...more] },
      ...rest,
    });
    expect(() => readPublisherOffer(text)).toThrow(
      expect.objectContaining({ status, message: expect.stringContaining(problem) }),
    );
  });

  it("has 64 sections at most, each of which costs one of the answer", () => {
    const text = (count: number): string => `${offerOf()}${"m=a 9 b\r\n".repeat(count - 2)}`;
    expect(readPublisherOffer(text(64)).media).toHaveLength(64);
    const refused = { status: 400, message: "the offer has 65 sections; 64 are allowed" };
    expect(() => readPublisherOffer(text(65))).toThrow(expect.objectContaining(refused));
  });

  it("throws nothing but a status, whatever of it is damaged", () => {
    const lines = offerOf().split("\r\n");
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.string({ maxLength: 40 }), (at, text) => {
        try {
          readPublisherOffer(lines.with(at, `${lines[at]?.slice(0, 6)}${text}`).join("\r\n"));
        } catch (error) {
          expect(error).toBeInstanceOf(HttpError);
        }
      }),
    );
  });
});
