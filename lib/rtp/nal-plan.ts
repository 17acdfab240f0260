import type { NalCodecName } from "../codecs/nal-codec.js";
import { H264_PAYLOAD } from "./h264-payload.js";
import { H265_PAYLOAD } from "./h265-payload.js";
import type { PayloadParts } from "./payload-parts.js";

const LENGTH_BYTES = 2;
const START = 0x80;
const END = 0x40;

/** How payloads that hold several NAL units, or a part of one, are written. */
interface PayloadFormat {
  /** What an aggregate of NAL units begins with. */
  aggregateHeader(nals: readonly Buffer[]): Buffer;
  /** What a fragment begins with; `flags` tell the first and the last. */
  fragmentHeader(nal: Buffer, flags: number): Buffer;
  /** Bytes of a NAL unit's own header, which fragments carry in theirs instead. */
  nalHeaderBytes: number;
}

const FORMATS: Record<NalCodecName, PayloadFormat> = {
  h264: {
    nalHeaderBytes: 1,
    aggregateHeader: (nals) => Buffer.of(Math.max(...nals.map(importance)) | H264_PAYLOAD.STAP_A),
    fragmentHeader: ([header = 0], flags) => Buffer.of((header & 0x60) | H264_PAYLOAD.FU_A, flags | (header & 0x1f)),
  },
  h265: {
    nalHeaderBytes: 2,
    // The lowest layer and temporal identifiers of all, of which cameras send only the lowest.
    aggregateHeader: (nals) => Buffer.of(H265_PAYLOAD.AP << 1, Math.min(...nals.map((nal) => nal[1] ?? 0))),
    fragmentHeader: ([first = 0, second = 0], flags) =>
      Buffer.of((first & 0x81) | (H265_PAYLOAD.FU << 1), second, flags | ((first >> 1) & 0x3f)),
  },
};

/**
 * Lays out the NAL units of one access unit in packets whose payload has `maxBytes` at most: those at the head that
 * fit together (parameter sets, SEI, a small slice) share one, those that are too big are cut up.
 *
 * @see RFC 6184 sections 5.7.1 and 5.8, RFC 7798 sections 4.4.2 and 4.4.3
 */
export function planNalPayloads(codec: NalCodecName, nals: readonly Buffer[], maxBytes: number): PayloadParts[] {
  const format = FORMATS[codec];
  const together = countTogether(nals, maxBytes - format.nalHeaderBytes);
  const plan: PayloadParts[] = [];
  if (together > 1) plan.push(aggregate(format, nals.slice(0, together)));
  for (const nal of nals.slice(together > 1 ? together : 0)) {
    if (nal.length <= maxBytes) plan.push([nal]);
    else plan.push(...fragments(format, nal, maxBytes));
  }
  return plan;
}

function countTogether(nals: readonly Buffer[], maxBytes: number): number {
  let bytes = 0;
  const tooMany = nals.findIndex((nal) => {
    bytes += LENGTH_BYTES + nal.length;
    return bytes > maxBytes;
  });
  return tooMany < 0 ? nals.length : tooMany;
}

function aggregate(format: PayloadFormat, nals: readonly Buffer[]): PayloadParts {
  const parts = [format.aggregateHeader(nals)];
  for (const nal of nals) parts.push(Buffer.of(nal.length >> 8, nal.length & 0xff), nal);
  return parts;
}

function fragments(format: PayloadFormat, nal: Buffer, maxBytes: number): PayloadParts[] {
  const bodyBytes = maxBytes - format.nalHeaderBytes - 1;
  const plan: PayloadParts[] = [];
  for (let at = format.nalHeaderBytes; at < nal.length; at += bodyBytes) {
    const flags = (at === format.nalHeaderBytes ? START : 0) | (at + bodyBytes >= nal.length ? END : 0);
    plan.push([format.fragmentHeader(nal, flags), nal.subarray(at, at + bodyBytes)]);
  }
  return plan;
}

/** `nal_ref_idc`, where it stands in the byte. */
function importance(nal: Buffer): number {
  return (nal[0] ?? 0) & 0x60;
}
