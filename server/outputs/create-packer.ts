import type { Codec } from "../../lib/codecs/access-unit.js";
import { isNalCodec, NAL_CODECS } from "../../lib/codecs/nal-codec.js";
import { StreamError } from "../../lib/errors.js";
import { isRtpCodec, RTP_CODECS } from "../../lib/rtp/rtp-codec.js";
import type { DatagramFormat, Packer } from "./packer.js";
import { isRawCodec, RAW_CODECS } from "./raw-codec.js";
import { RawPacker } from "./raw-packer.js";
import { RtpPacker } from "./rtp-packer.js";
import { TsPacker } from "./ts-packer.js";

/**
 * What puts units of `codec` into datagrams of `format`.
 * @throws StreamError `unsupported` where the format cannot carry the codec
 */
export function createPacker(format: DatagramFormat, codec: Codec): Packer {
  if (format === "raw" && isRawCodec(codec)) return new RawPacker();
  if (format === "ts" && isNalCodec(codec)) return new TsPacker(codec);
  if (format === "rtp" && isRtpCodec(codec)) return new RtpPacker(codec);
  const allowed = { raw: RAW_CODECS, ts: Object.keys(NAL_CODECS), rtp: RTP_CODECS }[format];
  throw new StreamError("unsupported", `format=${format} cannot carry ${codec}; it carries ${allowed.join(", ")}`);
}
