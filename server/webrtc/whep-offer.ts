import { isUsableCandidate, MAX_CANDIDATES } from "../../lib/webrtc/ice-candidate.js";
import { joinSdp, readSdpSections, type SdpSection, sdpAttributes } from "../../lib/webrtc/sdp-sections.js";
import { HttpError } from "../web/http-error.js";
import { chooseH264 } from "./h264-format.js";

/** The URI by which the extension is known. */
export const PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

/** A viewer's offer, understood. */
export interface WhepOffer {
  /** Names the video section. */
  mid: string;
  /** Of H.264. */
  payloadType: number;
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
}

/** What must be right, as a stranger's text goes to native code. */
const FORMS = {
  mid: /^[!-~]{1,32}$/,
  "ice-ufrag": /^[!-~]{4,256}$/,
  "ice-pwd": /^[!-~]{22,256}$/,
  fingerprint: /^sha-\d{1,3} [\da-f]{2}(?::[\da-f]{2}){15,63}$/i,
  setup: /^(?:actpass|active|passive)$/,
} as const;
/** Others have no room in the short form of header extensions. */
const MAX_EXTENSION_ID = 14;

/**
 * Reads a viewer's offer: one of its video sections that wants H.264 is taken, whatever else it has.
 * @param codecString of the camera's stream, where known
 * @throws HttpError 400 for what is no offer of WebRTC, 406 for one that we cannot serve
 * @see RFC 9429, RFC 8843, RFC 8839
 */
export function readWhepOffer(text: string, codecString: string | undefined): WhepOffer {
  const [session, ...media] = readSdpSections(text);
  if (!session.lines.some((line) => line === "v=0")) throw new HttpError(400, "the body is no SDP: it has no line v=0");
  const videos = media.filter(wantsVideo);
  if (videos.length === 0) {
    throw new HttpError(406, "the offer asks for no video: it needs a video section with a=recvonly (or sendrecv)");
  }
  const video = videos.find((section) => chooseH264(section, codecString));
  const format = video && chooseH264(video, codecString);
  if (!format) throw new HttpError(406, "the offer has no H.264 with packetization-mode=1, and nothing else is sent");
  if (sdpAttributes(video, "rtcp-mux").length === 0) throw new HttpError(406, "the offer lacks a=rtcp-mux");
  const values = transportValues(video, session);
  const extension = sdpAttributes(video, "extmap").find((value) => value.split(/\s+/)[1] === PLAYOUT_DELAY);
  const id = Number.parseInt(extension ?? "", 10);
  const playoutDelayId = id >= 1 && id <= MAX_EXTENSION_ID ? id : undefined;
  const candidates = sdpAttributes(video, "candidate").map((value) => `candidate:${value}`);
  const lines = [
    ...["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=-", "t=0 0", `a=group:BUNDLE ${values.mid}`],
    `m=video 9 ${video.media[2]} ${format.payloadType}`,
    ...["c=IN IP4 0.0.0.0", "a=recvonly", "a=rtcp-mux", "a=ice-options:trickle"],
    ...Object.entries(values).map(([name, value]) => `a=${name}:${value}`),
    `a=rtpmap:${format.payloadType} H264/90000`,
    `a=fmtp:${format.payloadType} ${format.parameters}`,
    ...(playoutDelayId === undefined ? [] : [`a=extmap:${playoutDelayId} ${PLAYOUT_DELAY}`]),
    ...candidates
      .filter(isUsableCandidate)
      .slice(0, MAX_CANDIDATES)
      .map((candidate) => `a=${candidate}`),
  ];
  const { payloadType, parameters: formatParameters } = format;
  const { mid, "ice-ufrag": iceUfrag } = values;
  return { mid, payloadType, formatParameters, playoutDelayId, iceUfrag, sdp: joinSdp(lines), media, video };
}

function wantsVideo(section: SdpSection): boolean {
  const [kind, port, protocol = ""] = section.media;
  const isRefused = port === "0" && sdpAttributes(section, "bundle-only").length === 0;
  if (kind !== "video" || isRefused || !/^UDP\/TLS\/RTP\/SAVPF?$/.test(protocol)) return false;
  return ["sendonly", "inactive"].every((direction) => sdpAttributes(section, direction).length === 0);
}

/** @throws HttpError 400 */
function transportValues(video: SdpSection, session: SdpSection): Record<keyof typeof FORMS, string> {
  const entries = Object.entries(FORMS).map(([name, form]) => {
    const value = sdpAttributes(video, name)[0] ?? sdpAttributes(session, name)[0];
    if (value !== undefined && form.test(value)) return [name, value];
    throw new HttpError(400, `the offer's video section has no ${value === undefined ? "" : "valid "}a=${name}`);
  });
  return Object.fromEntries(entries) as Record<keyof typeof FORMS, string>;
}
