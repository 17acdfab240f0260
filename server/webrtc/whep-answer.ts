import { joinSdp, readSdpSections, type SdpSection, sdpAttributes } from "../../lib/webrtc/sdp-sections.js";
import type { WhepOffer } from "./whep-offer.js";

/**
 * The answer to a viewer's whole offer: the library's own for the section that it was given, and a refusal of each other.
 * @param answer of the library
 * @see RFC 3264 section 6, RFC 9429 section 5.3.1
 */
export function writeWhepAnswer(offer: WhepOffer, answer: string): string {
  const [session, video] = readSdpSections(answer);
  const taken = (video?.lines ?? []).filter((line) => isAnswerable(line, offer.video));
  return joinSdp([
    ...session.lines,
    ...offer.media.flatMap((section) => (section === offer.video ? taken : refusal(section))),
  ]);
}

/** Of feedback, what the offer has and we heed. */
function isAnswerable(line: string, { lines }: SdpSection): boolean {
  return !line.startsWith("a=rtcp-fb:") || (!line.endsWith("goog-remb") && lines.includes(line));
}

function refusal(section: SdpSection): string[] {
  const [kind = "", , ...rest] = section.media;
  const mid = sdpAttributes(section, "mid")[0];
  return [
    `m=${[kind, "0", ...rest].join(" ")}`,
    "c=IN IP4 0.0.0.0",
    ...(mid === undefined ? [] : [`a=mid:${mid}`]),
    "a=inactive",
  ];
}
