/** What an offer of {@link makeOffer} differs in. */
export interface MakeOfferOptions {
  /** Lines of the video section that are left out: those that begin so. */
  without?: readonly string[];
  /** Lines that come behind the others of the video section. */
  more?: readonly string[];
  /** Formats of the video section. */
  formats?: readonly (readonly [payloadType: number, codec: string, parameters: string])[];
}

/** A fingerprint of no certificate. */
const FINGERPRINT = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, "0").toUpperCase());
const FORMATS = [
  [96, "VP8", ""],
  [102, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f"],
  [104, "H264", "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f"],
  [108, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"],
  [116, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f"],
] as const;

/** The value of `a=ice-ufrag` in every section. */
export const OFFER_UFRAG = "9CTO";

/** An offer of a viewer, shaped as a browser's: it would take sound as well. */
export function makeOffer({ without = [], more = [], formats = FORMATS }: MakeOfferOptions = {}): string {
  const transport = [
    ...["c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0", `a=ice-ufrag:${OFFER_UFRAG}`],
    ...["a=ice-pwd:VWX6zcttxPTdlX2Ky3AVHNHF", "a=ice-options:trickle"],
    ...[`a=fingerprint:sha-256 ${FINGERPRINT.join(":")}`, "a=setup:actpass", "a=rtcp-mux", "a=rtcp-rsize"],
  ];
  const video = [
    `m=video 9 UDP/TLS/RTP/SAVPF ${formats.map(([type]) => type).join(" ")}`,
    ...transport,
    ...["a=mid:1", "a=recvonly"],
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    ...formats.flatMap(([type, codec, parameters]) => [
      `a=rtpmap:${type} ${codec}/90000`,
      ...["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"].map((kind) => `a=rtcp-fb:${type} ${kind}`),
      ...(parameters === "" ? [] : [`a=fmtp:${type} ${parameters}`]),
    ]),
  ];
  const lines = [
    ...["v=0", "o=- 6355247914592875318 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"],
    ...["m=audio 9 UDP/TLS/RTP/SAVPF 111 0", ...transport, "a=mid:0", "a=recvonly", "a=rtpmap:111 opus/48000/2"],
    ...video.filter((line) => !without.some((start) => line.startsWith(start))),
    ...more,
  ];
  return `${lines.join("\r\n")}\r\n`;
}
