import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import { StreamError } from "../../../lib/errors.js";
import type { NutStream } from "../../../lib/nut/headers.js";
import { parseExtradata, splitByLength } from "../../../lib/sources/ffmpeg-extradata.js";
import { FfmpegStream } from "../../../lib/sources/ffmpeg-stream.js";

const SPS = Buffer.from("6742c01e", "hex");
const PPS = Buffer.from("68cb83cb", "hex");
const IDR = Buffer.from("6588843a", "hex");
const SLICE = Buffer.from("419a2637", "hex");
const AVCC = Buffer.concat([
  Buffer.from([1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, SPS.length]),
  ...[SPS, Buffer.from([1, 0, PPS.length]), PPS],
]);
const VPS_265 = Buffer.from("40010c01", "hex");
const SPS_265 = Buffer.from("42010101", "hex");
const PPS_265 = Buffer.from("4401c171", "hex");
const IDR_265 = Buffer.from("2601af08", "hex");
const HVCC = Buffer.concat([
  ...[Buffer.from([1]), Buffer.alloc(20), Buffer.from([0xff, 3])],
  ...[VPS_265, SPS_265, PPS_265].flatMap((set) => [Buffer.from([0x20, 0, 1, 0, set.length]), set]),
]);

function stream(fourcc: string, changes: Partial<NutStream> = {}): FfmpegStream {
  return new FfmpegStream({ fourcc, width: 320, height: 240, extradata: Buffer.alloc(0), ...changes });
}

function withLengths(...nals: Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap((nal) => [Buffer.from([0, 0, 0, nal.length]), nal]));
}

const packet = (data: Buffer, keyframe = false) => ({ data, keyframe, ptsMs: 40 });

describe("FfmpegStream", () => {
  it.each([
    ["H264", "h264"],
    ["avc1", "h264"],
    ["HEVC", "h265"],
    ["hvc1", "h265"],
    ["hev1", "h265"],
    ["MJPG", "mjpeg"],
    ["VP80", "vp8"],
    ["VP90", "vp9"],
    ["AV01", "av1"],
    ["FMP4", "other"],
    ["YUY2", "other"],
  ])("takes %s for %s", (fourcc, codec) => {
    expect(stream(fourcc).codec).toBe(codec);
  });

  it("turns lengths into start codes, and puts the container's parameter sets before a keyframe", () => {
    expect(stream("avc1", { extradata: AVCC }).unit(packet(withLengths(IDR)), 7)).toEqual({
      codec: "h264",
      data: joinNalUnits([SPS, PPS, IDR]),
      keyframe: true,
      receivedAtMs: 7,
      mediaTimeMs: 40,
    });
  });

  it("does the same for H.265", () => {
    expect(stream("hvc1", { extradata: HVCC }).unit(packet(withLengths(IDR_265)), 7)).toMatchObject({
      codec: "h265",
      data: joinNalUnits([VPS_265, SPS_265, PPS_265, IDR_265]),
      keyframe: true,
    });
  });

  it("leaves a keyframe alone that has parameter sets of its own", () => {
    const own = Buffer.from("6742c028", "hex");
    const unit = stream("avc1", { extradata: AVCC }).unit(packet(withLengths(own, PPS, IDR)), 0);
    expect(unit).toMatchObject({ data: joinNalUnits([own, PPS, IDR]) });
  });

  it("puts nothing before other pictures", () => {
    const unit = stream("avc1", { extradata: AVCC }).unit(packet(withLengths(SLICE)), 0);
    expect(unit).toMatchObject({ data: joinNalUnits([SLICE]), keyframe: false });
  });

  it("takes Annex B as it is, without delimiter, with parameter sets from the description", () => {
    const bytes = joinNalUnits([Buffer.from("09f0", "hex"), IDR]);
    const unit = stream("H264", { extradata: joinNalUnits([SPS, PPS]) }).unit(packet(bytes), 0);
    expect(unit).toMatchObject({ data: joinNalUnits([SPS, PPS, IDR]) });
  });

  it("knows a packet whose lengths point outside, and one without a picture", () => {
    const h264 = stream("avc1", { extradata: AVCC });
    expect(h264.unit(packet(withLengths(IDR).subarray(0, -1)), 0)).toBe("damaged");
    expect(h264.unit(packet(withLengths(SPS, PPS)), 0)).toBeUndefined();
    expect(h264.unit(packet(Buffer.alloc(0)), 0)).toBeUndefined();
  });

  it("takes every JPEG for a keyframe", () => {
    expect(stream("MJPG").unit(packet(IDR), 0)).toMatchObject({ codec: "mjpeg", data: IDR, keyframe: true });
  });

  it("gives formats whose pictures do not tell their size that of the container", () => {
    expect(stream("VP90").unit(packet(IDR, true), 0)).toMatchObject({ size: { width: 320, height: 240 } });
    expect(stream("VP90", { width: 0 }).unit(packet(IDR, true), 0)).not.toHaveProperty("size");
  });

  it("puts the configuration of other formats before their keyframes, once", () => {
    const other = stream("FMP4", { extradata: SPS });
    expect(other.unit(packet(IDR, true), 0)).toMatchObject({ fourcc: "FMP4", data: Buffer.concat([SPS, IDR]) });
    expect(other.unit(packet(Buffer.concat([SPS, IDR]), true), 0)).toMatchObject({ data: Buffer.concat([SPS, IDR]) });
    expect(other.unit(packet(SLICE), 0)).toMatchObject({ data: SLICE });
  });
});

describe("parseExtradata", () => {
  it("reads how long lengths are", () => {
    const short = Buffer.from(AVCC);
    short[4] = 0xfd;
    expect(parseExtradata("h264", short).lengthBytes).toBe(2);
    expect(parseExtradata("h265", HVCC).lengthBytes).toBe(4);
    expect(parseExtradata("h264", Buffer.alloc(0)).lengthBytes).toBeUndefined();
  });

  it("refuses a record that is cut off, wherever", () => {
    for (let end = 6; end < AVCC.length; end++) {
      expect(() => parseExtradata("h264", AVCC.subarray(0, end))).toThrow(StreamError);
    }
  });

  it("throws nothing but invalid-data", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom("h264" as const, "h265" as const),
        (bytes, codec) => {
          try {
            parseExtradata(codec, Buffer.from(bytes));
          } catch (error) {
            expect(error).toMatchObject({ name: "StreamError", code: "invalid-data" });
          }
        },
      ),
    );
  });
});

describe("splitByLength", () => {
  it("never reads outside", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 1, max: 4 }), (bytes, lengthBytes) => {
        const nals = splitByLength(Buffer.from(bytes), lengthBytes);
        const total = nals?.reduce((sum, nal) => sum + nal.length, 0) ?? 0;
        expect(total).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
