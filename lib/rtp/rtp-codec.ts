/** The coding formats that go over RTP here, both ways. */
export const RTP_CODECS = ["h264", "h265", "mjpeg", "vp8"] as const;

/** One of {@link RTP_CODECS}. */
export type RtpCodecName = (typeof RTP_CODECS)[number];

/** The static payload type of JPEG. @see RFC 3551 table 5 */
export const JPEG_PAYLOAD_TYPE = 26;

const FIRST_DYNAMIC = 96;

/** Whether `codec` is one of the formats that go over RTP here. */
export function isRtpCodec(codec: string): codec is RtpCodecName {
  return RTP_CODECS.some((name) => name === codec);
}

/** The payload type that a format has where nothing else is agreed: the static one, else 96. */
export function usualPayloadType(codec: RtpCodecName): number {
  return codec === "mjpeg" ? JPEG_PAYLOAD_TYPE : FIRST_DYNAMIC;
}
