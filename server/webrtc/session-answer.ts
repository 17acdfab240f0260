import { joinSdp, readSdpSections, type SdpSection, sdpAttributes } from "../../lib/webrtc/sdp-sections.js";

/** Of an offer, what its answer is made with. */
export interface AnsweredOffer {
  /** All its sections but the session's. */
  media: readonly SdpSection[];
  /** The one that is taken. */
  video: SdpSection;
  /** The one whose transport that has, perhaps itself. */
  carrier: SdpSection;
}

/**
 * The answer to a whole offer: the library's own for the section that it was given, and a refusal of each other. One
 * that carries the transport cannot be refused without it, so that it stays with nothing in it.
 * @param answer of the library
 * @param isHeeded tells which kinds of feedback, such as `nack pli`, are heeded or given here; all by default
 * @see RFC 3264 section 6, RFC 9429 section 5.3.1, RFC 8843 section 7.3
 */
export function writeSessionAnswer(
  { media, video, carrier }: AnsweredOffer,
  answer: string,
  isHeeded: (kind: string) => boolean = () => true,
): string {
  const [session, answered] = readSdpSections(answer);
  const taken = (answered?.lines ?? []).filter((line) => {
    const kind = /^a=rtcp-fb:\S+ (.*)/.exec(line)?.[1];
    return kind === undefined || (isHeeded(kind) && video.lines.includes(line));
  });
  const transport = taken.filter((line) => /^a=(?:ice-ufrag|ice-pwd|setup|candidate|end-of-candidates)\b/.test(line));
  const shared = `a=group:BUNDLE ${[carrier, video].map((section) => sdpAttributes(section, "mid")[0]).join(" ")}`;
  return joinSdp([
    ...session.lines.map((line) => (line.startsWith("a=group:BUNDLE") && carrier !== video ? shared : line)),
    ...media.flatMap((section) => {
      if (section === video) return taken;
      return section === carrier ? idle(section, transport) : refusal(section, transport);
    }),
  ]);
}

/** Nothing is sent in it either way. */
function idle(section: SdpSection, transport: readonly string[]): string[] {
  const [kind, , protocol, format] = section.media;
  const described = section.lines.filter((line) => new RegExp(`^a=(?:rtpmap|fmtp):${format} `).test(line));
  return [`m=${kind} 9 ${protocol} ${format}`, ...emptiness(section), "a=rtcp-mux", ...described, ...transport];
}

function refusal(section: SdpSection, transport: readonly string[]): string[] {
  const [kind = "", , ...rest] = section.media;
  // It needs none of them, but GStreamer takes no answer without.
  const needed = transport.filter((line) => /^a=(?:ice-|setup)/.test(line));
  return [`m=${[kind, "0", ...rest].join(" ")}`, ...emptiness(section), ...needed];
}

function emptiness(section: SdpSection): string[] {
  const mid = sdpAttributes(section, "mid")[0];
  return ["c=IN IP4 0.0.0.0", ...(mid === undefined ? [] : [`a=mid:${mid}`]), "a=inactive"];
}
