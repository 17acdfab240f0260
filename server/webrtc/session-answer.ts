import { joinSdp, readSdpSections, type SdpSection, sdpAttributes } from "../../lib/webrtc/sdp-sections.js";

/** Of an offer, what its answer is made with. */
export interface AnsweredOffer {
  /** All its sections but the session's. */
  media: readonly SdpSection[];
  /** The one that is taken. */
  video: SdpSection;
}

/**
 * The answer to a whole offer: the library's own for the section that it was given, and a refusal of each other.
 * @param answer of the library
 * @param isHeeded tells which kinds of feedback, such as `nack pli`, are heeded or given here; all by default
 * @see RFC 3264 section 6, RFC 9429 section 5.3.1
 */
export function writeSessionAnswer(
  { media, video }: AnsweredOffer,
  answer: string,
  isHeeded: (kind: string) => boolean = () => true,
): string {
  const [session, answered] = readSdpSections(answer);
  const taken = (answered?.lines ?? []).filter((line) => {
    const kind = /^a=rtcp-fb:\S+ (.*)/.exec(line)?.[1];
    return kind === undefined || (isHeeded(kind) && video.lines.includes(line));
  });
  // What is refused needs none of them, but GStreamer takes no answer without.
  const transport = taken.filter((line) => /^a=(?:ice-ufrag|ice-pwd|setup):/.test(line));
  return joinSdp([
    ...session.lines,
    ...media.flatMap((section) => (section === video ? taken : refusal(section, transport))),
  ]);
}

function refusal(section: SdpSection, transport: readonly string[]): string[] {
  const [kind = "", , ...rest] = section.media;
  const mid = sdpAttributes(section, "mid")[0];
  return [
    `m=${[kind, "0", ...rest].join(" ")}`,
    "c=IN IP4 0.0.0.0",
    ...(mid === undefined ? [] : [`a=mid:${mid}`]),
    "a=inactive",
    ...transport,
  ];
}
