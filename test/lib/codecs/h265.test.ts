import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { splitNalUnits } from "../../../lib/codecs/annexb.js";
import {
  layerId,
  looksLikeParameterSet,
  marksKeyframe,
  NAL,
  nalRole,
  nalType,
  parseSps,
} from "../../../lib/codecs/h265.js";
import { StreamError } from "../../../lib/errors.js";
import { BitWriter } from "./bit-writer.js";
import { encodeAll } from "./encode-with.js";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

const MAIN = {
  id: 0,
  profileSpace: 0,
  highTier: false,
  profile: 1,
  compatibility: 0x60000000,
  constraints: hex("900000000000"),
  level: 63,
  chromaFormat: 1,
  bitDepth: 8,
  width: 642,
  height: 358,
  maxReorderFrames: 0,
  reorders: false,
  fps: 25,
};
/** What x265 writes: name, test source, parameters, options, and what its parameter set says. */
const WRITTEN = [
  ["Main, cropped", "size=642x358:rate=25", "bframes=0", [], MAIN],
  ["B-frames", "size=1920x1080:rate=30", "bframes=2", [], { width: 1920, height: 1080, reorders: true, fps: 30 }],
  ["a B-pyramid", "size=640x480", "bframes=4:b-pyramid=1:b-adapt=0", [], { reorders: true, maxReorderFrames: 2 }],
  ["4:2:2 in 10 bits", "size=322x242", "bframes=0", ["-pix_fmt", "yuv422p10le"], { chromaFormat: 2, bitDepth: 10 }],
  ["temporal layers", "size=640x480", "temporal-layers=1:bframes=3", [], { reorders: true, fps: 25 }],
  ["scaling lists", "size=640x480", "scaling-list=default", [], { fps: 25 }],
  ["with HRD", "size=640x480", "hrd=1:vbv-maxrate=1000:vbv-bufsize=500", ["-b:v", "1M"], { fps: 25 }],
  ["much at once", "size=642x358", "bframes=3:temporal-layers=1:scaling-list=default", [], { width: 642, height: 358 }],
] as const;

function spsOf(stream: Buffer): Buffer {
  return splitNalUnits(stream).find((nal) => nalType(nal) === NAL.SPS) as Buffer;
}

/** A parameter set with parts that x265 does not write; `tail` writes what follows the reference picture sets' number. */
function craftedSps(options: {
  subLayers?: number;
  sets?: (bits: BitWriter) => void;
  scaling?: boolean;
  pcm?: boolean;
}) {
  const { subLayers = 0, sets = (bits) => bits.ue(0), scaling = false, pcm = false } = options;
  const bits = new BitWriter().u(16, 0x4201).u(4, 0).u(3, subLayers).u(1, 1);
  bits.u(2, 0).u(1, 1).u(5, 1).u(32, 0x60000000).u(32, 0x90000000).u(16, 0).u(8, 93);
  for (let layer = 0; layer < subLayers; layer++) bits.u(1, 1).u(1, 1);
  if (subLayers > 0) bits.u(2 * (8 - subLayers), 0);
  for (let layer = 0; layer < subLayers; layer++) bits.u(32, 5).u(32, 0).u(24, 0).u(8, 60);
  bits.ue(0).ue(1).ue(640).ue(480).u(1, 0).ue(0).ue(0).ue(4);
  bits.u(1, 1);
  for (let layer = 0; layer <= subLayers; layer++) bits.ue(4).ue(layer).ue(0);
  for (let field = 0; field < 6; field++) bits.ue(0);
  bits.u(1, scaling ? 1 : 0);
  if (scaling) writeScalingLists(bits.u(1, 1));
  bits.u(2, 0).u(1, pcm ? 1 : 0);
  if (pcm) bits.u(8, 0x77).ue(0).ue(0).u(1, 1);
  sets(bits);
  bits.u(1, 1).ue(1).u(8, 3).u(1, 1); // one long-term picture of 8 + 1 bits
  bits.u(2, 0).u(1, 1); // VUI
  bits.u(1, 1).u(8, 255).u(32, 0x00110011).u(1, 1).u(1, 0).u(1, 1).u(4, 0).u(1, 1).u(24, 0);
  bits.u(1, 1).ue(0).ue(0).u(3, 0).u(1, 1).ue(0).ue(0).ue(1).ue(1).u(1, 1).u(32, 1001).u(32, 60000);
  return parseSps(bits.u(3, 0).stop());
}

function writeScalingLists(bits: BitWriter): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < (size === 3 ? 2 : 6); matrix++) {
      if (matrix === 0) {
        bits.u(1, 0).ue(0);
        continue;
      }
      bits.u(1, 1);
      if (size > 1) bits.se(8);
      for (let index = 0; index < (size === 0 ? 16 : 64); index++) bits.se(index % 2 === 0 ? 3 : -3);
    }
  }
}

describe("parseSps of H.265", () => {
  let streams: Buffer[];
  beforeAll(async () => {
    const quick = ["-c:v", "libx265", "-preset", "ultrafast"];
    const encodings = WRITTEN.map(([, filter, parameters, options]) => ({
      ...{ filter, encoder: [...quick, ...options, "-x265-params", `log-level=error:${parameters}`], format: "hevc" },
    }));
    streams = await encodeAll(encodings);
  });

  it.each(WRITTEN.map(([name, , , , expected], index) => ({ name, expected, index })))(
    "reads what x265 writes: $name",
    ({ expected, index }) => {
      expect(parseSps(spsOf(streams[index] as Buffer))).toMatchObject(expected);
    },
  );

  it("says nothing else of the Main profile", () => {
    expect(Object.keys(parseSps(spsOf(streams[0] as Buffer))).sort()).toEqual(Object.keys(MAIN).sort());
  });

  it("reads the reorder depth of the highest sub-layer", () => {
    expect(craftedSps({ subLayers: 3 })).toMatchObject({
      maxReorderFrames: 3,
      reorders: true,
      level: 93,
      highTier: true,
    });
  });

  it("finds the frame rate behind every part that may stand before it", () => {
    const sets = (bits: BitWriter) => {
      bits.ue(3);
      bits.ue(2).ue(1).ue(0).u(1, 1).ue(1).u(1, 0).ue(0).u(1, 1); // 3 pictures
      bits.u(1, 1).u(1, 0).ue(0).u(1, 1).u(2, 0b01).u(2, 0b00).u(1, 1); // predicted: 3 of 4
      bits.u(1, 1).u(1, 1).ue(2).u(4, 0b1111); // predicted: all 4
    };
    const sps = craftedSps({ subLayers: 1, sets, scaling: true, pcm: true });
    expect(sps.fps).toBeCloseTo(60000 / 1001, 9);
  });

  it.each([
    ["sets", (bits: BitWriter) => bits.ue(65), "num_short_term_ref_pic_sets 65, allowed: 0 to 64"],
    [
      "pictures in a set",
      (bits: BitWriter) => bits.ue(1).ue(9).ue(8),
      "pictures in a reference set 17, allowed: 0 to 16",
    ],
  ])("refuses too many %s, and says what is allowed", (_name, sets, message) => {
    expect(() => craftedSps({ sets })).toThrow(message);
  });

  it("throws nothing but StreamError, cut short anywhere or with any byte changed", () => {
    const sps = spsOf(streams.at(-1) as Buffer);
    fc.assert(
      fc.property(fc.nat(sps.length), fc.nat(sps.length - 1), fc.nat(255), (length, at, value) => {
        const damaged = Buffer.from(sps);
        damaged[at] = value;
        try {
          parseSps(damaged.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(StreamError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("nalRole of H.265", () => {
  it.each([
    ["46", "delimiter"],
    ["4001", "leading"],
    ["4201", "leading"],
    ["4401", "leading"],
    ["4e0105", "leading"],
    ["4e0103", "padding"],
    ["4e01", undefined],
    ["2601af", "first-slice"],
    ["020180", "first-slice"],
    ["26012f", "slice"],
    ["5001", "trailing"],
    ["4801", "trailing"],
    ["7c01", "trailing"],
    ["4c", "padding"],
    ["c601", "padding"],
  ])("of %s is %s", (nal, role) => {
    expect(nalRole(hex(nal))).toBe(role);
  });

  it("of a slice of another layer is trailing, since the base layer's picture goes on", () => {
    expect(nalRole(hex("020980"))).toBe("trailing");
    expect(layerId(hex("020980"))).toBe(1);
  });

  it.each(["", "26", "2601"])("is not known of %j", (nal) => {
    expect(nalRole(hex(nal))).toBeUndefined();
  });

  it("never changes once it is known", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 3, maxLength: 6 }), (bytes) => {
        const nal = Buffer.from(bytes);
        const full = nalRole(nal);
        expect(full).toBeDefined();
        for (let length = 0; length < nal.length; length++) {
          expect([undefined, full]).toContain(nalRole(nal.subarray(0, length)));
        }
      }),
    );
  });
});

describe("marksKeyframe of H.265", () => {
  it.each([
    ["IDR_W_RADL", "2601", true],
    ["IDR_N_LP", "2801", true],
    ["CRA", "2a01", true],
    ["BLA", "2001", true],
    ["TRAIL_R", "0201", false],
    ["a parameter set", "4201", false],
  ])("for %s", (_name, nal, expected) => {
    expect(marksKeyframe(hex(nal))).toBe(expected);
  });
});

describe("looksLikeParameterSet of H.265", () => {
  it.each([
    ["4001", true],
    ["4201", true],
    ["4401", false],
    ["4209", false],
    ["6742", false],
    ["40", false],
  ])("of %s is %s", (nal, expected) => {
    expect(looksLikeParameterSet(hex(nal))).toBe(expected);
  });
});
