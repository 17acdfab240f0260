import type { Codec } from "../../lib/codecs/access-unit.js";
import { isNalCodec } from "../../lib/codecs/nal-codec.js";
import { StreamError } from "../../lib/errors.js";
import { isRtpCodec } from "../../lib/rtp/rtp-codec.js";
import type { DatagramFormat, Packer } from "./packer.js";
import { RawPacker } from "./raw-packer.js";
import { RtpPacker } from "./rtp-packer.js";
import { TsPacker } from "./ts-packer.js";

/**
 * What puts units of `codec` into datagrams of `format`.
 * @throws StreamError `unsupported` where the format cannot carry the codec
 */
export function createPacker(format: DatagramFormat, codec: Codec): Packer {
  if (format === "raw" && (isNalCodec(codec) || codec === "mjpeg")) return new RawPacker();
  if (format === "ts" && isNalCodec(codec)) return new TsPacker(codec);
  if (format === "rtp" && isRtpCodec(codec)) return new RtpPacker(codec);
  const allowed = format === "ts" ? "h264, h265" : "h264, h265, mjpeg";
  throw new StreamError("unsupported", `format=${format} cannot carry ${codec}; it carries ${allowed}`);
}
