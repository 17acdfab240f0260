import type { SdpSection } from "../../lib/webrtc/sdp-sections.js";
import { HttpError } from "../web/http-error.js";
import type { PeerCodec } from "./peer-codec.js";
import { offersVideo, readOfferSections, writeChosenVideo } from "./session-offer.js";
import { IN_PIECES, offeredFormats, type VideoFormat } from "./video-format.js";

/** The offer of a camera that pushes, understood. */
export interface PublisherOffer {
  /** Names the video section. */
  mid: string;
  /** Of what is taken. */
  codec: PeerCodec;
  payloadType: number;
  /** Empty where the offer has none. */
  formatParameters: string;
  iceUfrag: string;
  /** What is left for the library: one video section with what we choose of it. */
  sdp: string;
  /** All its sections but the session's. */
  media: readonly SdpSection[];
  /** The one that is taken. */
  video: SdpSection;
  /** See {@link writeChosenVideo}. */
  carrier: SdpSection;
}

const PARAMETERS = /^[ -~]{0,256}$/;
/** With the marker bit, those between would look like RTCP on the same port. @see RFC 5761 section 4 */
const LIKE_RTCP = { first: 64, last: 95 } as const;

/**
 * Reads the offer of a camera that pushes: one of its video sections is taken, whatever else it has. H.264 of any
 * profile goes before VP8, since every output passes it on as it is.
 * @throws HttpError 400 for what is no offer of WebRTC, 406 for one that we cannot take
 * @see RFC 9429, RFC 8843, RFC 8839, RFC 6184 section 8.1, RFC 7741 section 6
 */
export function readPublisherOffer(text: string): PublisherOffer {
  const sections = readOfferSections(text);
  const [, ...media] = sections;
  const videos = media.filter((section) => offersVideo(section, ["recvonly", "inactive"]));
  if (videos.length === 0) {
    throw new HttpError(406, "the offer sends no video: it needs a video section with a=sendonly (or sendrecv)");
  }
  for (const video of videos) {
    const { codec, format } = chooseFormat(video) ?? {};
    if (!codec || !format) continue;
    const chosen = writeChosenVideo({ sections, video, codec, format, direction: "sendonly" });
    const { payloadType, parameters: formatParameters } = format;
    return { ...chosen, codec, payloadType, formatParameters, media, video };
  }
  throw new HttpError(406, "the offer has neither H.264 nor VP8, and nothing else is taken");
}

function chooseFormat(section: SdpSection): { codec: PeerCodec; format: VideoFormat } | undefined {
  const [h264, vp8] = [offeredFormats(section, "H264"), offeredFormats(section, "VP8")].map((formats) =>
    formats.filter(isUsable),
  );
  const format = h264?.find(({ parameters }) => IN_PIECES.test(parameters)) ?? h264?.[0];
  if (format) return { codec: "h264", format };
  return vp8?.[0] && { codec: "vp8", format: vp8[0] };
}

function isUsable({ payloadType, parameters }: VideoFormat): boolean {
  const isLikeRtcp = payloadType >= LIKE_RTCP.first && payloadType <= LIKE_RTCP.last;
  return !isLikeRtcp && PARAMETERS.test(parameters);
}
