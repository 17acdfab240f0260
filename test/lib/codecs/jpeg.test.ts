import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { jpegSize } from "../../../lib/codecs/jpeg.js";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const FRAME_HEADER = "000b 08 0166 0282 01 011100";

describe("jpegSize", () => {
  let jpeg: Buffer;

  beforeAll(() => {
    const args = [
      "-v",
      "error",
      "-f",
      "lavfi",
      "-i",
      "testsrc2=size=642x358",
      "-frames:v",
      "1",
      "-f",
      "mjpeg",
      "pipe:1",
    ];
    jpeg = execFileSync("ffmpeg", args);
  });

  it("reads the size of a JPEG made by ffmpeg", () => {
    expect(jpegSize(jpeg)).toEqual({ width: 642, height: 358 });
  });

  it.each([
    ["baseline", "ffc0"],
    ["progressive", "ffc2"],
    ["lossless", "ffc3"],
    ["arithmetic", "ffc9"],
    ["differential, last of the range", "ffcf"],
    ["behind fill bytes", "ffffffc0"],
  ])("reads a frame header that is %s", (_name, marker) => {
    expect(jpegSize(hex(`ffd8 ${marker} ${FRAME_HEADER}`))).toEqual({ width: 642, height: 358 });
  });

  it.each([
    ["DHT", "ffc4"],
    ["JPG", "ffc8"],
    ["DAC", "ffcc"],
  ])("does not take %s for a frame header", (_name, marker) => {
    expect(jpegSize(hex(`ffd8 ${marker} ${FRAME_HEADER}`))).toBeUndefined();
  });

  it("steps over segments and markers without a length", () => {
    expect(jpegSize(hex(`ffd8 ff01 ffd0 ffe0 0004 ffc0 ffc0 ${FRAME_HEADER}`))).toEqual({ width: 642, height: 358 });
  });

  it.each([
    ["empty", ""],
    ["no JPEG", "89504e470d0a1a0a"],
    ["without a frame header before the scan", `ffd8 ffda ${FRAME_HEADER} ffc0 ${FRAME_HEADER}`],
    ["cut in the frame header", "ffd8 ffc0 000b 08 0166"],
    ["without a height", "ffd8 ffc0 000b 08 0000 0282 01 011100"],
  ])("gives nothing for data that is %s", (_name, data) => {
    expect(jpegSize(hex(data))).toBeUndefined();
  });

  it("never throws on random bytes behind the start of an image", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        jpegSize(Buffer.concat([hex("ffd8 ff"), bytes]));
      }),
    );
  });
});
