import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { joinNalUnits, splitNalUnits } from "../../lib/codecs/annexb.js";
import { isNalCodec, NAL_CODECS } from "../../lib/codecs/nal-codec.js";
import { streamParameters } from "../../lib/codecs/stream-parameters.js";
import { StreamError } from "../../lib/errors.js";
import type { GopCache } from "../../lib/gop-cache.js";
import { RtpPacketiser } from "../../lib/rtp/packetiser.js";
import type { RtpCodecName } from "../../lib/rtp/rtp-codec.js";
import { writeSdp } from "../../lib/rtp/sdp.js";
import { statusError } from "../../lib/rtsp/status-error.js";
import { RtpFeed } from "./rtp-feed.js";
import { TsPacketiser } from "./ts-packetiser.js";

/** What SETUP asks for, behind the path. */
export const TRACK = "stream=0";

/** How a {@link LiveStream} is made. */
export interface LiveStreamOptions {
  codec: RtpCodecName;
  /** Of the hub. */
  gop: GopCache;
  /** Whether each picture ends with an access unit delimiter. */
  aud: boolean;
}

/** The stream of one codec in all its forms: RTP, its description, and MPEG-TS in RTP for those who ask for that. */
export class LiveStream {
  readonly codec: RtpCodecName;
  readonly rtp: RtpFeed;
  readonly #options: LiveStreamOptions;
  #keyframe: AccessUnit;
  #ts: RtpFeed | undefined;

  /** @param keyframe the first picture; it is described, not sent */
  constructor(options: LiveStreamOptions, keyframe: AccessUnit) {
    this.codec = options.codec;
    this.#options = options;
    this.#keyframe = keyframe;
    this.rtp = new RtpFeed(new RtpPacketiser({ codec: this.codec }), options.gop);
  }

  /**
   * MPEG-TS in RTP, which is made while anybody listens.
   * @throws StreamError of status 461 for a codec that it cannot carry
   */
  openTs(): RtpFeed {
    if (!isNalCodec(this.codec)) throw statusError(461, `MPEG-TS cannot carry ${this.codec}`);
    this.#ts ??= new RtpFeed(new TsPacketiser(this.codec), this.#options.gop);
    return this.#ts;
  }

  /**
   * The next picture. A damaged one, as USB cameras give them now and then, is left out alone: then this gives why.
   * @throws StreamError `unsupported` for one that RTP cannot carry
   */
  take(unit: AccessUnit): StreamError | undefined {
    if (unit.keyframe) this.#keyframe = unit;
    try {
      this.rtp.take(this.#options.aud ? withDelimiter(unit) : unit);
      if (this.#ts?.listeners.size === 0) this.#ts = undefined;
      this.#ts?.take(unit);
    } catch (error) {
      if (!(error instanceof StreamError) || error.code !== "invalid-data") throw error;
      return error;
    }
    return undefined;
  }

  /** The SDP for a client that reached us at this address. @see RFC 2326 appendix C */
  describe(localAddress: string): string {
    const { codec } = this;
    const { width, height, fps } = streamParameters(this.#keyframe) ?? {};
    return writeSdp({
      codec,
      address: localAddress.includes(":") ? "::" : "0.0.0.0",
      origin: localAddress.replace(/%.*$/, ""),
      port: 0,
      control: TRACK,
      ...(isNalCodec(codec) && { parameterSets: splitNalUnits(this.#keyframe.data) }),
      ...(width && height && { size: { width, height } }),
      ...(fps && { fps }),
    });
  }
}

/** The delimiter belongs to the next picture; at this one's end it tells parsers of start codes that it is whole. */
function withDelimiter(unit: AccessUnit): AccessUnit {
  if (!isNalCodec(unit.codec)) return unit;
  return { ...unit, data: Buffer.concat([unit.data, joinNalUnits([NAL_CODECS[unit.codec].aud])]) };
}
