import { isIP, isIPv6 } from "node:net";
import * as h264 from "../codecs/h264.js";
import * as h265 from "../codecs/h265.js";
import { StreamError } from "../errors.js";
import { type RtpCodecName, usualPayloadType } from "./rtp-codec.js";

const DEFAULTS = { sessionName: "glasslink", ttl: 1 };
const CLOCK_RATE = 90_000;
const ENCODING_NAMES: Readonly<Record<RtpCodecName, string>> = {
  h264: "H264",
  h265: "H265",
  mjpeg: "JPEG",
  vp8: "VP8",
};

/** What an SDP file says of a video stream over RTP. */
export interface SdpOptions {
  codec: RtpCodecName;
  /** Where the packets go: a unicast or multicast address, IPv4 or IPv6. */
  address: string;
  port: number;
  /** Default 96, and 26 for mjpeg. */
  payloadType?: number;
  /** NAL units, without start codes, of which the parameter sets are written down, so that a receiver need not wait. */
  parameterSets?: readonly Buffer[];
  /** One line; default `glasslink`. */
  sessionName?: string;
  /** How many routers a multicast packet may pass; default 1, written for IPv4 only, as IPv6 knows none. */
  ttl?: number;
  /** Whose description it is; default: `address`. */
  origin?: string;
  /** The track's relative URL where the description is of an RTSP server: then it also says that the stream is live. */
  control?: string;
  /** Pixels. */
  size?: { width: number; height: number };
  /** Pictures a second. */
  fps?: number;
}

/**
 * The text of an SDP file for players (ffplay, VLC, GStreamer), or of an RTSP server's description; lines end in CRLF.
 *
 * @throws StreamError `invalid-option` when `address` is no IP address
 * @see RFC 8866, RFC 6184 section 8.2.1, RFC 7798 section 7.2.1, RFC 3551 table 5, RFC 7741 section 6.2, RFC 2326 appendix C
 */
export function writeSdp(options: SdpOptions): string {
  const { address, port, sessionName, codec, ttl, control, origin } = {
    ...{ ...DEFAULTS, origin: options.address },
    ...options,
  };
  const payloadType = options.payloadType ?? usualPayloadType(codec);
  if (isIP(address) === 0) {
    throw new StreamError(
      "invalid-option",
      `address ${JSON.stringify(address)} of an SDP file must be an IPv4 or IPv6 address`,
    );
  }
  const lines = [
    "v=0",
    `o=- 0 0 ${networkOf(origin)} ${origin}`,
    `s=${sessionName.replace(/[\r\n\0]+/g, " ").trim() || "-"}`,
    `c=${networkOf(address)} ${address}${isMulticastV4(address) ? `/${ttl}` : ""}`,
    "t=0 0",
    ...(control === undefined ? [] : ["a=control:*", "a=range:npt=now-"]),
    `m=video ${port} RTP/AVP ${payloadType}`,
    `a=rtpmap:${payloadType} ${ENCODING_NAMES[codec]}/${CLOCK_RATE}`,
  ];
  const parameters = FORMAT_PARAMETERS[codec](options.parameterSets ?? []);
  if (parameters.length > 0) lines.push(`a=fmtp:${payloadType} ${parameters.join(";")}`);
  lines.push(...pictureLines(options, payloadType));
  if (control !== undefined) lines.push(`a=control:${control}`);
  return `${lines.join("\r\n")}\r\n`;
}

/** The size is written in both ways that are in use. @see 3GPP TS 26.234 section 5.3.3.2, RFC 8866 section 6.13 */
function pictureLines({ size, fps }: SdpOptions, payloadType: number): string[] {
  const lines: string[] = [];
  if (fps !== undefined) lines.push(`a=framerate:${Number(fps.toFixed(3))}`);
  if (size) {
    lines.push(`a=framesize:${payloadType} ${size.width}-${size.height}`);
    lines.push(`a=x-dimensions:${size.width},${size.height}`);
  }
  return lines;
}

function networkOf(address: string): string {
  return isIPv6(address) ? "IN IP6" : "IN IP4";
}

function isMulticastV4(address: string): boolean {
  const first = Number(address.split(".")[0]);
  return !isIPv6(address) && first >= 224 && first <= 239;
}

const FORMAT_PARAMETERS: Record<RtpCodecName, (nals: readonly Buffer[]) => string[]> = {
  h264(nals) {
    const sps = nals.filter((nal) => h264.nalType(nal) === h264.NAL.SPS);
    const pps = nals.filter((nal) => h264.nalType(nal) === h264.NAL.PPS);
    const parameters = ["packetization-mode=1"];
    const [first] = sps;
    if (first && pps.length > 0) {
      parameters.push(
        `profile-level-id=${first.toString("hex", 1, 4)}`,
        `sprop-parameter-sets=${base64([...sps, ...pps])}`,
      );
    }
    return parameters;
  },
  h265(nals) {
    const { VPS, SPS, PPS } = h265.NAL;
    return Object.entries({ vps: VPS, sps: SPS, pps: PPS }).flatMap(([name, type]) => {
      const found = nals.filter((nal) => h265.nalType(nal) === type);
      return found.length > 0 ? [`sprop-${name}=${base64(found)}`] : [];
    });
  },
  mjpeg: () => [],
  vp8: () => [],
};

function base64(nals: readonly Buffer[]): string {
  return nals.map((nal) => nal.toString("base64")).join(",");
}
