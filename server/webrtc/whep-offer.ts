import { type SdpSection, sdpAttributes } from "../../lib/webrtc/sdp-sections.js";
import { HttpError } from "../web/http-error.js";
import type { PeerCodec } from "./peer-codec.js";
import { offersVideo, readOfferSections, writeChosenVideo } from "./session-offer.js";
import { chooseFormat, type PeerStream } from "./video-format.js";

/** The URI by which the extension is known. */
export const PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

/** A viewer's offer, understood. */
export interface WhepOffer {
  /** Names the video section. */
  mid: string;
  /** Of what is sent. */
  codec: PeerCodec;
  payloadType: number;
  /** Empty where the offer has none. */
  formatParameters: string;
  /** See PacketHead. */
  playoutDelayId: number | undefined;
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

/** What an offer must have. */
const NEEDED: Readonly<Record<PeerCodec, string>> = { h264: "H.264 with packetization-mode=1", vp8: "VP8" };
/** Others have no room in the short form of header extensions. */
const MAX_EXTENSION_ID = 14;

/**
 * Reads a viewer's offer: one of its video sections that takes what the camera gives is taken, whatever else it has.
 * @throws HttpError 400 for what is no offer of WebRTC, 406 for one that we cannot serve
 * @see RFC 9429, RFC 8843, RFC 8839
 */
export function readWhepOffer(text: string, stream: PeerStream): WhepOffer {
  const sections = readOfferSections(text);
  const [, ...media] = sections;
  const videos = media.filter((section) => offersVideo(section, ["sendonly", "inactive"]));
  if (videos.length === 0) {
    throw new HttpError(406, "the offer asks for no video: it needs a video section with a=recvonly (or sendrecv)");
  }
  const video = videos.find((section) => chooseFormat(section, stream));
  const format = video && chooseFormat(video, stream);
  if (!format) throw new HttpError(406, `the offer has no ${NEEDED[stream.codec]}, and nothing else is sent`);
  const extension = sdpAttributes(video, "extmap").find((value) => value.split(/\s+/)[1] === PLAYOUT_DELAY);
  const id = Number.parseInt(extension ?? "", 10);
  const playoutDelayId = id >= 1 && id <= MAX_EXTENSION_ID ? id : undefined;
  const more = playoutDelayId === undefined ? [] : [`a=extmap:${playoutDelayId} ${PLAYOUT_DELAY}`];
  const { codec } = stream;
  const chosen = writeChosenVideo({ sections, video, codec, format, direction: "recvonly", more });
  const { payloadType, parameters: formatParameters } = format;
  return { ...chosen, codec, payloadType, formatParameters, playoutDelayId, media, video };
}
