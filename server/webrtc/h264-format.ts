import { type SdpSection, sdpAttributes } from "../../lib/webrtc/sdp-sections.js";

/** One way of H.264 over RTP, as an offer has it. */
export interface H264Format {
  payloadType: number;
  /** As they stand in the offer, such as `packetization-mode=1;profile-level-id=42e01f`. */
  parameters: string;
}

/** What every browser decodes: constrained baseline. */
const COMMON_PROFILE = "42e0";

/**
 * The format for a stream: of those that allow pictures in pieces (packetization-mode 1) the one of its profile, else
 * constrained baseline, as which browsers decode all others too; undefined where there is none.
 * @param codecString of the stream, such as `avc1.64001f`
 * @see RFC 6184 section 8.1
 */
export function chooseH264(video: SdpSection, codecString: string | undefined): H264Format | undefined {
  const formats = offeredFormats(video);
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

function offeredFormats(video: SdpSection): H264Format[] {
  const parameters = new Map(
    sdpAttributes(video, "fmtp").map((value) => value.split(/\s+(.*)/s, 2) as [string, string]),
  );
  return sdpAttributes(video, "rtpmap").flatMap((map) => {
    const payload = /^(\d{1,3})\s+H264\/90000$/i.exec(map)?.[1];
    if (payload === undefined || !video.media.includes(payload, 3)) return [];
    const found = parameters.get(payload) ?? "";
    const inPieces = /(?:^|;)\s*packetization-mode\s*=\s*1\s*(?:;|$)/i.test(found);
    return inPieces && Number(payload) < 128 ? [{ payloadType: Number(payload), parameters: found }] : [];
  });
}

/** Without one it is plain baseline. */
function profileOf(parameters: string): string {
  return /profile-level-id\s*=\s*([\da-f]{6})/i.exec(parameters)?.[1]?.toLowerCase() ?? "42000a";
}
