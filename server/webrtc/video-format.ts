import { type SdpSection, sdpAttributes } from "../../lib/webrtc/sdp-sections.js";
import type { PeerCodec } from "./peer-codec.js";

/** One way of coding video for RTP, as an offer has it. */
export interface VideoFormat {
  payloadType: number;
  /** As they stand in the offer, such as `packetization-mode=1;profile-level-id=42e01f`; empty: it has none. */
  parameters: string;
}

/** What a camera gives. */
export interface PeerStream {
  codec: PeerCodec;
  /** Such as `avc1.64001f`; undefined: not known. */
  codecString: string | undefined;
}

/** What SDP calls the codecs. @see RFC 6184 section 8.1, RFC 7741 section 6.2 */
export const ENCODING_NAMES: Readonly<Record<PeerCodec, string>> = { h264: "H264", vp8: "VP8" };

/** What every browser decodes: constrained baseline. */
const COMMON_PROFILE = "42e0";
/** Of H.264 whose pictures may be in pieces. */
export const IN_PIECES = /(?:^|;)\s*packetization-mode\s*=\s*1\s*(?:;|$)/i;

/**
 * The format for a stream; undefined where there is none. Of those of H.264 that allow pictures in pieces
 * (packetization-mode 1) it is the one of the stream's profile, else constrained baseline, as which browsers decode all
 * others too.
 */
export function chooseFormat(video: SdpSection, { codec, codecString }: PeerStream): VideoFormat | undefined {
  const formats = offeredFormats(video, ENCODING_NAMES[codec]);
  if (codec === "vp8") return formats[0];
  return chooseH264(
    formats.filter(({ parameters }) => IN_PIECES.test(parameters)),
    codecString,
  );
}

function chooseH264(formats: readonly VideoFormat[], codecString: string | undefined): VideoFormat | undefined {
  const profile = codecString?.replace(/^avc1\./i, "").slice(0, 2) ?? "";
  const likes = [(id: string) => id.startsWith(COMMON_PROFILE), () => true];
  // All that call themselves baseline are told apart by what they leave out; constrained baseline has it all.
  if (profile !== "42") likes.unshift((id) => profile !== "" && id.startsWith(profile));
  for (const isLiked of likes) {
    const format = formats.find(({ parameters }) => isLiked(profileOf(parameters)));
    if (format) return format;
  }
  return undefined;
}

/** Those of one encoding, in the order of the offer. */
export function offeredFormats(video: SdpSection, encodingName: string): VideoFormat[] {
  const parameters = new Map(
    sdpAttributes(video, "fmtp").map((value) => value.split(/\s+(.*)/s, 2) as [string, string]),
  );
  const listed = new Set(video.media.slice(3));
  return sdpAttributes(video, "rtpmap").flatMap((map) => {
    const [payload = "", encoding = ""] = map.split(/\s+/);
    const isWanted = encoding.toUpperCase() === `${encodingName}/90000` && /^\d{1,3}$/.test(payload);
    if (!isWanted || !listed.has(payload) || Number(payload) >= 128) return [];
    return [{ payloadType: Number(payload), parameters: parameters.get(payload) ?? "" }];
  });
}

/** Without one it is plain baseline. */
function profileOf(parameters: string): string {
  return /profile-level-id\s*=\s*([\da-f]{6})/i.exec(parameters)?.[1]?.toLowerCase() ?? "42000a";
}
