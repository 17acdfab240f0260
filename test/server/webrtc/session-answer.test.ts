import { describe, expect, it } from "vitest";
import { readPublisherOffer } from "../../../server/webrtc/publisher-offer.js";
import { writeSessionAnswer } from "../../../server/webrtc/session-answer.js";
import { makeOffer } from "./make-offer.js";

const OFFER = makeOffer({ without: ["a=recvonly"], more: ["a=sendonly"] });
const TRANSPORT = [
  "a=setup:active",
  "a=ice-ufrag:ours",
  "a=ice-pwd:secret",
  "a=candidate:1 1 UDP 1 192.0.2.1 9 typ host",
];
const ANSWERED = ["v=0", "a=group:BUNDLE 1", "m=video 9 UDP/TLS/RTP/SAVPF 102", "a=mid:1", "a=recvonly", ...TRANSPORT];

/** The answer's group, and each section in words. */
function answerTo(offer: string): (string | undefined)[] {
  const answer = writeSessionAnswer(readPublisherOffer(offer), ANSWERED.join("\r\n"));
  return [
    /^a=group.*$/m.exec(answer)?.[0],
    ...answer
      .split(/(?=^m=)/m)
      .slice(1)
      .map((part) => part.trim().replaceAll("\r\n", "|")),
  ];
}

const taken = ANSWERED.slice(2).join("|");
const needed = TRANSPORT.slice(0, 3).join("|");

describe("the answer to a whole offer", () => {
  it("leaves empty what is not taken, but carries the transport", () => {
    const idle =
      "m=audio 9 UDP/TLS/RTP/SAVPF 111|c=IN IP4 0.0.0.0|a=mid:0|a=inactive|a=rtcp-mux|a=rtpmap:111 opus/48000/2";
    expect(answerTo(OFFER)).toEqual(["a=group:BUNDLE 0 1", `${idle}|${TRANSPORT.join("|")}`, taken]);
  });

  it.each([
    ["alone", OFFER.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 1")],
    ["behind the video", OFFER.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 1 0")],
    ["in no group", OFFER.replace("a=group:BUNDLE 0 1", "a=x")],
  ])("refuses what stands %s, and tells of the transport there, too", (_where, offer) => {
    const refused = `m=audio 0 UDP/TLS/RTP/SAVPF 111 0|c=IN IP4 0.0.0.0|a=mid:0|a=inactive|${needed}`;
    expect(answerTo(offer)).toEqual(["a=group:BUNDLE 1", refused, taken]);
  });

  it.each([
    ["m=audio 9 UDP/TLS/RTP/SAVPF 111 0", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"],
    ["m=audio 9 UDP/TLS/RTP/SAVPF 111 0", "m=audio 9 UDP/TLS/RTP/SAVPF ("],
  ])("refuses what cannot be left empty: %s as %s", (before, after) => {
    expect(answerTo(OFFER.replace(before, after))[1]).toMatch(/^m=\w+ 0 /);
  });
});
