import { StreamError } from "../errors.js";
import type { AccessUnit, Codec } from "./access-unit.js";
import { splitNalUnits } from "./annexb.js";
import * as h264 from "./h264.js";
import * as h265 from "./h265.js";
import { jpegSize } from "./jpeg.js";

/** What a decoder, a container or a viewer has to know of a stream before its first picture. */
export interface StreamParameters {
  codec: Codec;
  /** In pixels, after cropping. */
  width: number;
  height: number;
  /** Whether pictures may be coded in another order than shown; so too where the stream does not tell. */
  reorders: boolean;
  /** Frames per second, where the stream tells. */
  fps?: number;
  /** Codec name for MIME types, such as `avc1.42c01e`. @see RFC 6381 3.3, ISO/IEC 14496-15 Annex E */
  codecString?: string;
  /** Layout of the decoded pixels as ffmpeg names it, such as `yuv420p`, where the stream tells. */
  pixelLayout?: string;
}

const CHROMA_NAMES = ["gray", "yuv420p", "yuv422p", "yuv444p"];

/**
 * The parameters that a keyframe carries; undefined for other units, for one that carries none, and when they are
 * damaged. Never throws.
 */
export function streamParameters(unit: AccessUnit): StreamParameters | undefined {
  if (!unit.keyframe) return undefined;
  try {
    return READERS[unit.codec]?.(unit.data);
  } catch (error) {
    if (error instanceof StreamError && error.code === "invalid-data") return undefined;
    throw error;
  }
}

/** Whether a decoder that was started for `a` can go on with `b`. */
export function sameParameters(a: StreamParameters, b: StreamParameters): boolean {
  return (
    a.codec === b.codec &&
    a.width === b.width &&
    a.height === b.height &&
    a.reorders === b.reorders &&
    a.pixelLayout === b.pixelLayout
  );
}

const READERS: Partial<Record<Codec, (data: Buffer) => StreamParameters | undefined>> = {
  h264: h264Parameters,
  h265: h265Parameters,
  mjpeg: jpegParameters,
  vp8: vp8Parameters,
};

function h264Parameters(data: Buffer): StreamParameters | undefined {
  const nal = splitNalUnits(data).find((candidate) => h264.nalType(candidate) === h264.NAL.SPS);
  if (nal === undefined) return undefined;
  const sps = h264.parseSps(nal);
  return { codec: "h264", ...common(sps), codecString: `avc1.${nal.toString("hex", 1, 4)}` };
}

function h265Parameters(data: Buffer): StreamParameters | undefined {
  const nal = splitNalUnits(data).find(
    (candidate) => h265.nalType(candidate) === h265.NAL.SPS && h265.layerId(candidate) === 0,
  );
  if (nal === undefined) return undefined;
  const sps = h265.parseSps(nal);
  return { codec: "h265", ...common(sps), codecString: h265CodecString(sps) };
}

function common(sps: h264.H264Sps | h265.H265Sps) {
  const { width, height, reorders, fps, chromaFormat, bitDepth } = sps;
  const pixelLayout = `${CHROMA_NAMES[chromaFormat]}${bitDepth > 8 ? `${bitDepth}le` : ""}`;
  return { width, height, reorders, ...(fps === undefined ? {} : { fps }), pixelLayout };
}

/** Compatibility flags count from the lowest bit there, and constraint bytes end at the last that is not 0. */
function h265CodecString(sps: h265.H265Sps): string {
  const space = ["", "A", "B", "C"][sps.profileSpace];
  const reversed = Array.from({ length: 32 }, (_, bit) => (sps.compatibility / 2 ** bit) & 1).join("");
  const compatibility = Number.parseInt(reversed, 2).toString(16).toUpperCase();
  const constraints = [...sps.constraints].map((byte) => byte.toString(16).toUpperCase());
  while (constraints.at(-1) === "0") constraints.pop();
  const level = `${sps.highTier ? "H" : "L"}${sps.level}`;
  return ["hvc1", `${space}${sps.profile}`, compatibility, level, ...constraints].join(".");
}

function jpegParameters(data: Buffer): StreamParameters | undefined {
  const size = jpegSize(data);
  return size && { codec: "mjpeg", ...size, reorders: false };
}

/** Only keyframes say their size. @see RFC 6386 9.1 */
function vp8Parameters(data: Buffer): StreamParameters | undefined {
  if (data.length < 10 || ((data[0] as number) & 1) !== 0) return undefined;
  if (data.readUIntBE(3, 3) !== 0x9d012a) return undefined;
  // The two upper bits of each are a scale for display.
  const width = data.readUInt16LE(6) & 0x3fff;
  const height = data.readUInt16LE(8) & 0x3fff;
  return width > 0 && height > 0 ? { codec: "vp8", width, height, reorders: false, codecString: "vp8" } : undefined;
}
