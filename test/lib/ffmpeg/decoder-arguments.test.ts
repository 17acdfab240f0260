import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { ivfFrameHeader, ivfHeader } from "../../../lib/codecs/ivf.js";
import { decoderArguments } from "../../../lib/ffmpeg/decoder-arguments.js";
import { makeVp8 } from "../../support/make-vp8.js";

const STREAM = { width: 64, height: 48, fps: 30, frames: 1, gop: 1 };

/** What ffmpeg makes of one keyframe that calls itself so large. */
async function decode(width: number, height: number): Promise<{ bytes: number; said: string }> {
  const [unit] = await makeVp8(STREAM);
  const data = Buffer.from(unit?.data ?? []);
  // See RFC 6386 section 9.1.
  data.writeUInt16LE(width, 6);
  data.writeUInt16LE(height, 8);
  const picture = { pixelFormat: "gray", rotate: 0 } as const;
  const args = decoderArguments({ codec: "vp8", hwaccel: "none", picture, timestamps: "stderr" });
  const input = Buffer.concat([ivfHeader({ fourcc: "VP80", width, height }), ivfFrameHeader(data.length, 0n), data]);
  const { stdout, stderr } = await execa("ffmpeg", args, { input, encoding: "buffer", reject: false });
  return { bytes: stdout.length, said: Buffer.from(stderr).toString() };
}

describe("the decoder's ffmpeg", () => {
  it("decodes what is as large as it says", async () => {
    expect(await decode(64, 48)).toMatchObject({ bytes: 64 * 48 });
  });

  it("takes no memory for a picture that is larger than any camera's", async () => {
    const { bytes, said } = await decode(16_000, 16_000);
    expect(bytes).toBe(0);
    expect(said).toMatch(/Picture size 16000x16000 is invalid|16000x16000/);
  });
});
