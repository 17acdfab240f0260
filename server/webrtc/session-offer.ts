import { isUsableCandidate, MAX_CANDIDATES } from "../../lib/webrtc/ice-candidate.js";
import { joinSdp, readSdpSections, type SdpSection, sdpAttributes } from "../../lib/webrtc/sdp-sections.js";
import { HttpError } from "../web/http-error.js";
import type { PeerCodec } from "./peer-codec.js";
import { ENCODING_NAMES, type VideoFormat } from "./video-format.js";

/** Sections of an offer, the session's own first. */
export type OfferSections = ReturnType<typeof readSdpSections>;

/** What must be right, as a stranger's text goes to native code. */
const FORMS = {
  mid: /^[!-~]{1,32}$/,
  "ice-ufrag": /^[!-~]{4,256}$/,
  "ice-pwd": /^[!-~]{22,256}$/,
  fingerprint: /^sha-\d{1,3} [\da-f]{2}(?::[\da-f]{2}){15,63}$/i,
  setup: /^(?:actpass|active|passive)$/,
} as const;
/** More than any program offers; each costs a section of the answer. */
const MAX_SECTIONS = 64;
type TransportValues = Record<keyof typeof FORMS, string>;

/** What of an offer goes to the library: one video section with what we choose of it. */
export interface ChosenVideo {
  sections: OfferSections;
  /** The section that is taken. */
  video: SdpSection;
  codec: PeerCodec;
  format: VideoFormat;
  /** Of the sender of the offer. */
  direction: "recvonly" | "sendonly";
  /** Lines that the section has beside. */
  more?: readonly string[];
}

/** What {@link writeChosenVideo} wrote, and knows. */
export interface WrittenVideo {
  /** Names the section. */
  mid: string;
  iceUfrag: string;
  /** For the library. */
  sdp: string;
  /** Whose transport the section has: its own, or that of the first of those that share one. */
  carrier: SdpSection;
}

/** @throws HttpError 400 */
export function readOfferSections(text: string): OfferSections {
  const sections = readSdpSections(text);
  if (!sections[0].lines.includes("v=0")) throw new HttpError(400, "the body is no SDP: it has no line v=0");
  const [, ...media] = sections;
  if (media.length <= MAX_SECTIONS) return sections;
  throw new HttpError(400, `the offer has ${media.length} sections; ${MAX_SECTIONS} are allowed`);
}

/** Whether a section offers video in the way of WebRTC, in another direction than these. */
export function offersVideo(section: SdpSection, unwanted: readonly string[]): boolean {
  const [kind, port, protocol = ""] = section.media;
  const isRefused = port === "0" && sdpAttributes(section, "bundle-only").length === 0;
  if (kind !== "video" || isRefused || !/^UDP\/TLS\/RTP\/SAVPF?$/.test(protocol)) return false;
  return unwanted.every((direction) => sdpAttributes(section, direction).length === 0);
}

/**
 * Writes for the library what we choose of an offer.
 * @throws HttpError 400 where the section does not tell how its sender is reached, 406 where that is not our way
 * @see RFC 9429, RFC 8843, RFC 8839
 */
export function writeChosenVideo(chosen: ChosenVideo): WrittenVideo {
  const { sections, video, codec, format, direction, more = [] } = chosen;
  if (sdpAttributes(video, "rtcp-mux").length === 0) throw new HttpError(406, "the offer lacks a=rtcp-mux");
  const carrier = carrierOf(video, sections);
  // Sections that share a transport need not all tell of it.
  const isTold = [video, sections[0]].some((section) => sdpAttributes(section, "ice-ufrag").length > 0);
  const transport = isTold ? video : carrier;
  const values = transportValues(video, [transport, sections[0]]);
  const { payloadType, parameters } = format;
  const lines = [
    ...["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=-", "t=0 0", `a=group:BUNDLE ${values.mid}`],
    `m=video 9 ${video.media[2]} ${payloadType}`,
    ...["c=IN IP4 0.0.0.0", `a=${direction}`, "a=rtcp-mux", "a=ice-options:trickle"],
    ...Object.entries(values).map(([name, value]) => `a=${name}:${value}`),
    `a=rtpmap:${payloadType} ${ENCODING_NAMES[codec]}/90000`,
    ...(parameters === "" ? [] : [`a=fmtp:${payloadType} ${parameters}`]),
    ...more,
    ...candidatesOf(transport),
  ];
  return { mid: values.mid, iceUfrag: values["ice-ufrag"], sdp: joinSdp(lines), carrier };
}

/** The first of the sections that share a transport, where it is one of media. @see RFC 8843 section 7.2.1 */
function carrierOf(video: SdpSection, [session, ...media]: OfferSections): SdpSection {
  const mid = sdpAttributes(video, "mid")[0];
  const groups = sdpAttributes(session, "group").map((group) => group.split(/\s+/));
  const first = groups.find(([kind, ...mids]) => kind === "BUNDLE" && mid !== undefined && mids.includes(mid))?.[1];
  const carrier = media.find((section) => first !== undefined && sdpAttributes(section, "mid")[0] === first);
  const [kind = "", port, , format = ""] = carrier?.media ?? [];
  return carrier && /^(?:audio|video)$/.test(kind) && port !== "0" && /^\d{1,3}$/.test(format) ? carrier : video;
}

/** @throws HttpError 400 */
function transportValues(video: SdpSection, transport: readonly SdpSection[]): TransportValues {
  const entries = Object.entries(FORMS).map(([name, form]) => {
    const places = name === "mid" ? [video] : transport;
    const value = places.map((place) => sdpAttributes(place, name)[0]).find((found) => found !== undefined);
    if (value !== undefined && form.test(value)) return [name, value];
    throw new HttpError(400, `the offer's video section has no ${value === undefined ? "" : "valid "}a=${name}`);
  });
  return Object.fromEntries(entries) as TransportValues;
}

function candidatesOf(section: SdpSection): string[] {
  return sdpAttributes(section, "candidate")
    .map((value) => `candidate:${value}`)
    .filter(isUsableCandidate)
    .slice(0, MAX_CANDIDATES)
    .map((candidate) => `a=${candidate}`);
}
