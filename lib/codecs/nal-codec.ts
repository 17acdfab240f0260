import * as h264 from "./h264.js";
import * as h265 from "./h265.js";
import type { NalRole } from "./nal-role.js";

/** The coding formats that are made of NAL units. */
export type NalCodecName = "h264" | "h265";

/** What differs between H.264 and H.265 for code that handles whole NAL units of either. */
export interface NalCodec {
  readonly name: NalCodecName;
  readonly headerBytes: 1 | 2;
  /** `nal_unit_type` of an SEI that stands before the picture. */
  readonly seiType: number;
  /** An access unit delimiter without start code. */
  readonly aud: Buffer;
  nalType(nal: Buffer): number;
  nalRole(nal: Buffer): NalRole | undefined;
  marksKeyframe(nal: Buffer): boolean;
}

/** The two formats by name. */
export const NAL_CODECS: Readonly<Record<NalCodecName, NalCodec>> = {
  h264: { ...pick(h264), name: "h264", headerBytes: 1, seiType: h264.NAL.SEI },
  h265: { ...pick(h265), name: "h265", headerBytes: 2, seiType: h265.NAL.PREFIX_SEI },
};

/** Whether `codec` is one of the formats that are made of NAL units. */
export function isNalCodec(codec: string): codec is NalCodecName {
  return codec === "h264" || codec === "h265";
}

/** The format whose parameter set begins with these bytes (two suffice); undefined when it is neither's. */
export function detectNalCodec(nal: Buffer): NalCodecName | undefined {
  if (h264.looksLikeParameterSet(nal)) return "h264";
  return h265.looksLikeParameterSet(nal) ? "h265" : undefined;
}

/** Whether these bytes (two suffice) begin an access unit delimiter of either format, before it is known which. */
export function looksLikeDelimiter(nal: Buffer): boolean {
  // As NAL unit types of the other format, both are ones that it does not use like this.
  return nal[0] === h264.AUD[0] || (nal[0] === h265.AUD[0] && nal[1] === h265.AUD[1]);
}

function pick({ AUD, nalType, nalRole, marksKeyframe }: typeof h264 | typeof h265) {
  return { aud: AUD, nalType, nalRole, marksKeyframe };
}
