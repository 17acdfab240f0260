import { StreamError } from "../errors.js";
import type { RtpParserOptions } from "../rtp/rtp-parser.js";
import type { MediaTrack, Presentation } from "../rtsp/session-description.js";

/** A video track that can be read here. */
export interface PlayableTrack extends MediaTrack {
  /** Undefined where the description does not tell: then it is found by looking. */
  codec: RtpParserOptions["codec"];
}

/** What SDP calls the formats that can be read here. */
const CODECS: Readonly<Record<string, RtpParserOptions["codec"]>> = {
  H264: "h264",
  H265: "h265",
  HEVC: "h265",
  JPEG: "mjpeg",
  VP8: "vp8",
  MP2T: "mpegts",
};
const FIRST_DYNAMIC_TYPE = 96;

/**
 * The first video track that can be read here, or the name of the format that the first one has instead.
 * @throws StreamError `unsupported` where there is no video
 */
export function chooseTrack({ url, tracks }: Presentation): PlayableTrack | string {
  const video = tracks.filter(({ kind }) => kind === "video");
  const [first] = video;
  if (!first) {
    const others = tracks.map(({ kind, encoding }) => `${kind} ${encoding}`.trim()).join(", ");
    throw new StreamError("unsupported", `${url}: there is no video in it, only ${others}`);
  }
  for (const track of video) {
    const codec = Object.hasOwn(CODECS, track.encoding) ? CODECS[track.encoding] : undefined;
    if (codec || (track.encoding === "" && track.payloadType >= FIRST_DYNAMIC_TYPE)) return { ...track, codec };
  }
  return first.encoding || `payload type ${first.payloadType}`;
}
