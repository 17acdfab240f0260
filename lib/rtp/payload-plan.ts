import { splitNalUnits } from "../codecs/annexb.js";
import { planJpegPayloads } from "./jpeg-plan.js";
import { planNalPayloads } from "./nal-plan.js";
import type { PayloadParts } from "./payload-parts.js";
import type { RtpCodecName } from "./rtp-codec.js";
import { planVp8Payloads } from "./vp8-plan.js";

/**
 * Lays out the data of one access unit in packets whose payload has `maxBytes` at most.
 *
 * @throws StreamError as {@link planJpegPayloads}
 */
export function planPayloads(codec: RtpCodecName, data: Buffer, maxBytes: number): PayloadParts[] {
  if (codec === "mjpeg") return planJpegPayloads(data, maxBytes);
  if (codec === "vp8") return planVp8Payloads(data, maxBytes);
  return planNalPayloads(codec, splitNalUnits(data), maxBytes);
}
