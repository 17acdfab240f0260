import { StreamError } from "../../lib/errors.js";
import { sdpAttributes } from "../../lib/webrtc/sdp-sections.js";
import { HttpError } from "../web/http-error.js";
import type { PeerCodec } from "./peer-codec.js";
import { offersVideo, readOfferSections, writeChosenVideo } from "./session-offer.js";
import { ENCODING_NAMES, offeredFormats } from "./video-format.js";

/** What was offered, as far as the answer must fit it. */
export interface OfferedVideo {
  mid: string;
  codec: PeerCodec;
  payloadTypes: readonly number[];
}

/** An answer to our offer, understood. */
export interface PushAnswer {
  /** Of those that were offered. */
  payloadType: number;
  /** What is left for the library: the one video section, and the candidates that can be tried. */
  sdp: string;
}

/**
 * Reads the answer to an offer of ours.
 * @throws StreamError `invalid-data` for what is no answer of WebRTC, `unsupported` for one that refuses the video
 * @see RFC 3264 section 6, RFC 9429
 */
export function readPushAnswer(text: string, { mid, codec, payloadTypes }: OfferedVideo): PushAnswer {
  try {
    const sections = readOfferSections(text);
    const video = sections.find((section) => offersVideo(section, ["sendonly", "inactive"]));
    if (!video) throw new StreamError("unsupported", "the answer takes no video");
    const formats = offeredFormats(video, ENCODING_NAMES[codec]);
    const format = formats.find(({ payloadType }) => payloadTypes.includes(payloadType));
    if (!format) throw new StreamError("unsupported", `the answer takes no ${codec}, which is what the camera gives`);
    const chosen = writeChosenVideo({ sections, video, codec, format, direction: "recvonly" });
    if (chosen.mid !== mid) throw new StreamError("invalid-data", `the answer has no section with a=mid:${mid}`);
    const setup = sdpAttributes(video, "setup")[0] ?? sdpAttributes(sections[0], "setup")[0];
    if (setup === "actpass") throw new StreamError("invalid-data", "the answer leaves a=setup:actpass undecided");
    return { payloadType: format.payloadType, sdp: chosen.sdp };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    // What both kinds of descriptions must have is checked in one place, which speaks of offers.
    throw new StreamError("invalid-data", error.message.replace("the offer", "the answer"), { cause: error });
  }
}
