import { isNalCodec, type NalCodecName } from "../codecs/nal-codec.js";

/** The coding formats that go over RTP here, both ways. */
export type RtpCodecName = NalCodecName | "mjpeg";

/** The static payload type of JPEG. @see RFC 3551 table 5 */
export const JPEG_PAYLOAD_TYPE = 26;

const FIRST_DYNAMIC = 96;

/** Whether `codec` is one of the formats that go over RTP here. */
export function isRtpCodec(codec: string): codec is RtpCodecName {
  return isNalCodec(codec) || codec === "mjpeg";
}

/** The payload type that a format has where nothing else is agreed: the static one, else 96. */
export function usualPayloadType(codec: RtpCodecName): number {
  return codec === "mjpeg" ? JPEG_PAYLOAD_TYPE : FIRST_DYNAMIC;
}
