import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { splitNalUnits } from "../../../lib/codecs/annexb.js";
import { looksLikeParameterSet, marksKeyframe, NAL, nalRole, nalType, parseSps } from "../../../lib/codecs/h264.js";
import { StreamError } from "../../../lib/errors.js";
import { BitWriter } from "./bit-writer.js";
import { encodeAll } from "./encode-with.js";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

const BASELINE = {
  id: 0,
  profile: 66,
  constraints: 0xc0,
  level: 30,
  chromaFormat: 1,
  bitDepth: 8,
  width: 642,
  height: 358,
  framesOnly: true,
  maxReorderFrames: 0,
  reorders: false,
  fps: 25,
};
/** What x264 writes: name, test source, options, and what its parameter set says. */
const WRITTEN = [
  ["Baseline, cropped", "size=642x358:rate=25", ["-preset", "ultrafast", "-tune", "zerolatency"], BASELINE],
  [
    "High with B-frames",
    "size=1920x1080:rate=30000/1001",
    ["-bf", "2"],
    { profile: 100, height: 1080, reorders: true },
  ],
  ["High without B-frames", "size=320x240:rate=50", ["-bf", "0"], { profile: 100, fps: 50, reorders: false }],
  ["4:2:2 in 10 bits", "size=322x242", ["-pix_fmt", "yuv422p10le"], { chromaFormat: 2, bitDepth: 10, width: 322 }],
  [
    "4:4:4, odd size",
    "size=322x242,format=yuv444p,crop=321:241",
    ["-pix_fmt", "yuv444p"],
    { chromaFormat: 3, width: 321, height: 241 },
  ],
  [
    "monochrome, odd size",
    "size=322x242,format=gray,crop=321:241",
    ["-pix_fmt", "gray"],
    { chromaFormat: 0, width: 321, height: 241 },
  ],
  ["interlaced", "size=642x356", ["-flags", "+ilme+ildct"], { framesOnly: false, width: 642, height: 356 }],
  ["scaling lists", "size=642x358", ["-x264-params", "cqm=jvt"], { width: 642, height: 358 }],
  [
    "with HRD",
    "size=642x358",
    ["-b:v", "1M", "-x264-params", "nal-hrd=cbr:vbv-maxrate=1000:vbv-bufsize=500:bframes=2"],
    { reorders: true, maxReorderFrames: 2 },
  ],
  [
    "with aspect ratio and colours",
    "size=640x480,setsar=17/13",
    ["-colorspace", "bt709", "-color_range", "pc"],
    { fps: 25 },
  ],
  ["the frame rate of NTSC", "size=64x48:rate=30000/1001", [], { fps: expect.closeTo(30_000 / 1_001, 9) }],
  [
    "scaling lists and HRD",
    "size=642x358",
    ["-x264-params", "cqm=jvt:nal-hrd=vbr:vbv-maxrate=1000:vbv-bufsize=500"],
    { width: 642, height: 358 },
  ],
] as const;

function spsOf(stream: Buffer): Buffer {
  return splitNalUnits(stream).find((nal) => nalType(nal) === NAL.SPS) as Buffer;
}

/** A parameter set of the Main profile, 2x2 macroblocks, with `vui` behind its flag. */
function mainSps({ profile = 77, constraints = 0, orderType = 0, vui = (bits: BitWriter) => bits.u(1, 0) } = {}) {
  const bits = new BitWriter().u(8, 0x67).u(8, profile).u(8, constraints).u(8, 30).ue(0);
  if (profile === 100) bits.ue(1).ue(0).ue(0).u(2, 0);
  bits.ue(0).ue(orderType);
  if (orderType === 0) bits.ue(0);
  if (orderType === 1) bits.u(1, 0).se(-2).se(1).ue(3).se(1).se(-1).se(5);
  bits.ue(1).u(1, 0).ue(1).ue(1).u(1, 1).u(1, 1).u(1, 0);
  return parseSps(vui(bits).stop());
}

describe("parseSps of H.264", () => {
  let streams: Buffer[];
  beforeAll(async () => {
    const encodings = WRITTEN.map(([, filter, options]) => ({
      ...{ filter, encoder: ["-c:v", "libx264", "-frames:v", "4", ...options], format: "h264" },
    }));
    streams = await encodeAll(encodings);
  });

  it.each(WRITTEN.map(([name, , , expected], index) => ({ name, expected, index })))(
    "reads what x264 writes: $name",
    ({ expected, index }) => {
      expect(parseSps(spsOf(streams[index] as Buffer))).toMatchObject(expected);
    },
  );

  it("says nothing else of the Baseline profile", () => {
    expect(Object.keys(parseSps(spsOf(streams[0] as Buffer))).sort()).toEqual(Object.keys(BASELINE).sort());
  });

  it("says that pictures may be reordered where the stream does not tell", () => {
    expect(mainSps()).toMatchObject({ width: 32, height: 32, reorders: true });
    expect(mainSps()).not.toHaveProperty("maxReorderFrames");
  });

  it.each([
    ["picture order type 2", { orderType: 2 }],
    ["the Baseline profile", { profile: 66 }],
    ["an intra profile", { profile: 100, constraints: 0x10 }],
  ])("says that pictures are in order for %s", (_name, options) => {
    expect(mainSps(options).reorders).toBe(false);
  });

  it("reads over picture order type 1", () => {
    expect(mainSps({ orderType: 1 })).toMatchObject({ width: 32, reorders: true });
  });

  it("leaves the frame rate out when its divisor is 0", () => {
    const vui = (bits: BitWriter) => bits.u(1, 1).u(4, 0).u(1, 1).u(32, 0).u(32, 50).u(1, 0).u(4, 0);
    expect(mainSps({ vui })).not.toHaveProperty("fps");
  });

  it.each([
    ["a chroma format", hex("67 64 00 1e 96 2a aa"), "chroma_format_idc 4, allowed: 0 to 3"],
    [
      "a picture size",
      new BitWriter().u(8, 0x67).u(8, 77).u(16, 30).ue(0).ue(0).ue(2).ue(1).u(1, 0).ue(9999).ue(1).u(3, 6).stop(),
      "picture size 160000x32, allowed: 1 to 65535 a side",
    ],
  ])("refuses %s that cannot be, and says what is allowed", (_name, nal, message) => {
    expect(() => parseSps(nal)).toThrow(message);
  });

  it("throws nothing but StreamError, cut short anywhere or with any byte changed", () => {
    const sps = spsOf(streams.at(-1) as Buffer);
    fc.assert(
      fc.property(fc.nat(sps.length), fc.nat(sps.length - 1), fc.nat(255), (length, at, value) => {
        const damaged = Buffer.from(sps);
        damaged[at] = value;
        expectOnlyStreamError(() => parseSps(damaged.subarray(0, length)));
      }),
      { numRuns: 1000 },
    );
  });
});

function expectOnlyStreamError(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(StreamError);
  }
}

describe("nalRole of H.264", () => {
  it.each([
    ["09", "delimiter"],
    ["67", "leading"],
    ["68", "leading"],
    ["0605", "leading"],
    ["0603", "padding"],
    ["06", undefined],
    ["6588", "first-slice"],
    ["4180", "first-slice"],
    ["6540", "slice"],
    ["0a", "trailing"],
    ["0c", "padding"],
    ["00", "padding"],
    ["e588", "padding"],
  ])("of %s is %s", (nal, role) => {
    expect(nalRole(hex(nal))).toBe(role);
  });

  it.each(["", "65"])("is not known of %j", (nal) => {
    expect(nalRole(hex(nal))).toBeUndefined();
  });

  it("never changes once it is known", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 6 }), (bytes) => {
        const nal = Buffer.from(bytes);
        const full = nalRole(nal);
        expect(full).toBeDefined();
        for (let length = 0; length < nal.length; length++)
          expect([undefined, full]).toContain(nalRole(nal.subarray(0, length)));
      }),
    );
  });
});

describe("marksKeyframe of H.264", () => {
  it.each([
    ["an IDR slice", "6588", true],
    ["another slice", "419a", false],
    ["an SEI with recovery point", "06 0601c0 80", true],
    ["a recovery point behind another message", "06 050211ff 0601c0 80", true],
    ["an SEI without", "06 050211ff 80", false],
    ["a parameter set", "67420a", false],
  ])("for %s", (_name, nal, expected) => {
    expect(marksKeyframe(hex(nal))).toBe(expected);
  });
});

describe("looksLikeParameterSet of H.264", () => {
  it.each([
    ["6742", true],
    ["2764", true],
    ["474d", true],
    ["67ff", false],
    ["4001", false],
    ["67", false],
  ])("of %s is %s", (nal, expected) => {
    expect(looksLikeParameterSet(hex(nal))).toBe(expected);
  });
});
