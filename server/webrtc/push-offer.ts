import { joinSdp, readSdpSections } from "../../lib/webrtc/sdp-sections.js";
import type { PeerStream } from "./video-format.js";

/** The first is the one that is wanted. */
const PAYLOAD_TYPES = [96, 97] as const;
/** Constrained baseline: there are receivers that take this name alone, and decode the other profiles too. */
const COMMON_PROFILE = "42e01f";
/** What the library writes and we do not do, and our addresses; these the other side learns otherwise. */
const LEFT_OUT = /^a=(?:candidate|end-of-candidates|group:LS|rtcp-fb:\d+ (?:goog-remb|transport-cc))/;

/** One way in which the stream is offered. */
export interface PushFormat {
  payloadType: number;
  /** Empty for a codec that has none. */
  parameters: string;
}

/** An offer of ours, and what is told later. */
export interface PushOffer {
  sdp: string;
  /** Our addresses, as lines of SDP without `a=`. */
  candidates: readonly string[];
}

/**
 * The ways in which a stream is offered: H.264 by its own profile and, where that is another, by the name that everybody
 * takes.
 * @see RFC 6184 section 8.1
 */
export function pushFormats({ codec, codecString }: PeerStream): PushFormat[] {
  if (codec !== "h264") return [{ payloadType: PAYLOAD_TYPES[0], parameters: "" }];
  const own = /^avc1\.([\da-f]{6})$/i.exec(codecString ?? "")?.[1]?.toLowerCase() ?? COMMON_PROFILE;
  const profiles = own.startsWith("42") ? [own] : [own, COMMON_PROFILE];
  return profiles.map((profile, index) => ({
    payloadType: PAYLOAD_TYPES[index] as number,
    parameters: `profile-level-id=${profile};packetization-mode=1;level-asymmetry-allowed=1`,
  }));
}

/**
 * The library's offer as it goes out. It holds no candidates: the library is confused by an answer whose sender reaches
 * it before the answer does.
 * @param text of the library
 */
export function writePushOffer(text: string): PushOffer {
  const [session, ...media] = readSdpSections(text);
  const lines = [session, ...media].flatMap((section) => section.lines);
  const kept = lines.filter((line) => !LEFT_OUT.test(line)).map(withoutAddress);
  const candidates = lines.filter((line) => line.startsWith("a=candidate:")).map((line) => line.slice("a=".length));
  return { sdp: joinSdp(kept), candidates };
}

/** @see RFC 8840 section 4.1.1 */
function withoutAddress(line: string): string {
  if (line.startsWith("c=")) return "c=IN IP4 0.0.0.0";
  return line.replace(/^m=video \d+/, "m=video 9");
}
