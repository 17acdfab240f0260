import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { splitNalUnits } from "../../../lib/codecs/annexb.js";
import { buildAccessUnit } from "../../../lib/codecs/build-access-unit.js";
import { ivfFrameHeader, ivfHeader } from "../../../lib/codecs/ivf.js";
import { makeStream } from "../../support/make-stream.js";

describe("IVF", () => {
  it("writes the file header", () => {
    const header = ivfHeader({ fourcc: "H264", width: 642, height: 358 });
    expect(header.toString("hex")).toBe(
      "444b4946" + "0000" + "2000" + "48323634" + "8202" + "6601" + "40420f00" + "01000000" + "0000000000000000",
    );
  });

  it("writes a frame header with a timestamp of 64 bits", () => {
    expect(ivfFrameHeader(0x01020304, 0x1122334455667788n).toString("hex")).toBe("04030201" + "8877665544332211");
  });

  it("is understood by ffprobe, with microsecond timestamps", async () => {
    const stream = await makeStream({ codec: "h264", width: 64, height: 48, fps: 25, frames: 1 });
    const nals = splitNalUnits(stream);
    const { data } = buildAccessUnit({ codec: "h264", nals, receivedAtMs: 0 }) as AccessUnit;
    const file = Buffer.concat([
      ivfHeader({ fourcc: "H264", width: 64, height: 48 }),
      ivfFrameHeader(data.length, 1_234_567n),
      data,
    ]);
    const args = ["-v", "error", "-f", "ivf", "-show_packets", "-of", "json", "-i", "pipe:0"];
    const [packet] = JSON.parse(execFileSync("ffprobe", args, { input: file, encoding: "utf8" })).packets;
    expect(packet).toMatchObject({ pts_time: "1.234567", size: String(data.length) });
  });
});
