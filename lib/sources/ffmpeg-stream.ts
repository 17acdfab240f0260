import type { AccessUnit, Codec } from "../codecs/access-unit.js";
import { joinNalUnits, splitNalUnits } from "../codecs/annexb.js";
import { buildAccessUnit } from "../codecs/build-access-unit.js";
import * as h264 from "../codecs/h264.js";
import * as h265 from "../codecs/h265.js";
import { isNalCodec, type NalCodecName } from "../codecs/nal-codec.js";
import type { NutPacket } from "../nut/demuxer.js";
import type { NutStream } from "../nut/headers.js";
import { type NalConfiguration, parseExtradata, splitByLength } from "./ffmpeg-extradata.js";

/** Names that containers give to the formats, in capitals. */
const CODECS: Readonly<Record<string, Codec>> = {
  ...{ H264: "h264", X264: "h264", AVC1: "h264", AVC3: "h264", DAVC: "h264" },
  ...{ HEVC: "h265", H265: "h265", X265: "h265", HEV1: "h265", HVC1: "h265" },
  ...{ MJPG: "mjpeg", JPEG: "mjpeg" },
  ...{ VP80: "vp8", VP90: "vp9", AV01: "av1" },
};
const SPS_TYPE: Readonly<Record<NalCodecName, number>> = { h264: h264.NAL.SPS, h265: h265.NAL.SPS };

/** A stream as ffmpeg describes it, and what its packets are in our terms. */
export class FfmpegStream {
  readonly codec: Codec;
  readonly #stream: NutStream;
  readonly #configuration: NalConfiguration;

  /** @throws StreamError `invalid-data` for a damaged codec configuration */
  constructor(stream: NutStream) {
    this.#stream = stream;
    this.codec = CODECS[stream.fourcc.toUpperCase()] ?? "other";
    this.#configuration = isNalCodec(this.codec)
      ? parseExtradata(this.codec, stream.extradata)
      : { lengthBytes: undefined, parameterSets: [] };
  }

  /** For people: format and size. */
  get description(): string {
    const { fourcc, width, height } = this.#stream;
    return `${this.codec === "other" ? fourcc : this.codec} ${width}x${height}`;
  }

  /** The access unit in a packet; undefined where there is none, `damaged` where it cannot be read. */
  unit(packet: NutPacket, receivedAtMs: number): AccessUnit | undefined | "damaged" {
    const { data, ptsMs: mediaTimeMs } = packet;
    if (data.length === 0) return undefined;
    if (isNalCodec(this.codec)) return this.#nalUnit(this.codec, packet, receivedAtMs);
    const unit = { codec: this.codec, data, keyframe: packet.keyframe, receivedAtMs, mediaTimeMs };
    if (this.codec === "mjpeg") return { ...unit, keyframe: true };
    const { fourcc, width, height, extradata } = this.#stream;
    const size = width > 0 && height > 0 ? { size: { width, height } } : {};
    if (this.codec !== "other") return { ...unit, ...size };
    return { ...unit, ...size, fourcc, data: packet.keyframe ? withHeader(data, extradata) : data };
  }

  /** A keyframe of H.264 or H.265 with the container's parameter sets before it, where it has none itself. */
  #withParameterSets(unit: AccessUnit): AccessUnit {
    const { parameterSets } = this.#configuration;
    const { codec, data } = unit;
    if (!unit.keyframe || parameterSets.length === 0 || !isNalCodec(codec)) return unit;
    const nalType = codec === "h264" ? h264.nalType : h265.nalType;
    if (splitNalUnits(data).some((nal) => nalType(nal) === SPS_TYPE[codec])) return unit;
    return { ...unit, data: Buffer.concat([joinNalUnits(parameterSets), data]) };
  }

  #nalUnit(codec: NalCodecName, packet: NutPacket, receivedAtMs: number): AccessUnit | undefined | "damaged" {
    const { lengthBytes } = this.#configuration;
    const nals = lengthBytes === undefined ? splitNalUnits(packet.data) : splitByLength(packet.data, lengthBytes);
    if (nals === undefined) return "damaged";
    const unit = buildAccessUnit({ codec, nals, receivedAtMs, mediaTimeMs: packet.ptsMs });
    return unit === undefined || unit === "damaged" ? unit : this.#withParameterSets(unit);
  }
}

/** Formats that keep headers outside the pictures take them before a keyframe as well. */
function withHeader(data: Buffer, header: Buffer): Buffer {
  const hasIt = data.subarray(0, header.length).equals(header);
  return hasIt ? data : Buffer.concat([header, data]);
}
