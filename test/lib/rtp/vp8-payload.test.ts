import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readVp8FrameHead } from "../../../lib/rtp/vp8-frame.js";
import { readVp8Payload } from "../../../lib/rtp/vp8-payload.js";

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");

describe("VP8's payload descriptor", () => {
  it.each([
    ["of one byte, at the beginning", "10aabb", true],
    ["with the non-reference bit", "30aabb", true],
    ["of one byte, later", "00aabb", false],
    ["at the beginning of another partition", "11aabb", false],
    ["in the middle of another partition", "03aabb", false],
    ["without any extension, though it says so", "9000aabb", true],
    ["with a picture number of 7 bits", "90807faabb", true],
    ["with a picture number of 15 bits", "90808001aabb", true],
    ["with a layer index", "904005aabb", true],
    ["with a temporal layer", "902040aabb", true],
    ["with a key index", "901007aabb", true],
    ["with temporal layer and key index in one byte", "903047aabb", true],
    ["with everything", "90f0ffff0547aabb", true],
    ["with everything, later", "80f0ffff0547aabb", false],
  ])("%s", (_name, hex, first) => {
    expect(readVp8Payload(bytes(hex))).toEqual({ first, body: bytes("aabb") });
  });

  it("may have nothing behind it", () => {
    expect(readVp8Payload(bytes("10"))).toEqual({ first: true, body: Buffer.alloc(0) });
  });

  it.each(["", "90", "9080", "908080", "9040", "90f0ffff05"])("is none when it is cut off: %s", (hex) => {
    expect(readVp8Payload(bytes(hex))).toBeUndefined();
  });

  it("throws nothing, whatever comes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (noise) => {
        expect(readVp8Payload(Buffer.from(noise))?.body.length ?? 0).toBeLessThanOrEqual(noise.length);
        readVp8FrameHead(Buffer.from(noise));
      }),
    );
  });
});

describe("the head of a VP8 frame", () => {
  it("tells keyframes from others", () => {
    // A first partition of two bytes: 2 << 5, and the bit that is not set in a keyframe.
    expect(readVp8FrameHead(bytes("4000009d012a80026801aabb"))).toEqual({ keyframe: true });
    expect(readVp8FrameHead(bytes("410000aabb"))).toEqual({ keyframe: false });
  });

  it.each([
    ["nothing", ""],
    ["two bytes", "4000"],
    ["a keyframe without its start code", "4000009d012b80026801aabb"],
    ["a keyframe that ends before its first partition does", "4000009d012a80026801aa"],
    ["another that ends before its first partition does", "410000aa"],
  ])("is not found in %s", (_name, hex) => {
    expect(readVp8FrameHead(bytes(hex))).toBeUndefined();
  });
});
