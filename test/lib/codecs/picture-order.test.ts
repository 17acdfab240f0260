import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PictureOrder } from "../../../lib/codecs/picture-order.js";
import { type FileDirectory, makeFileDirectory } from "../../support/make-file.js";
import { unitsOf } from "../../support/units-of.js";

const run = promisify(execFile);

/** In coding order, where each picture of a file is shown: what its container says. */
async function ranksInFile(path: string): Promise<number[]> {
  const args = ["-v", "error", "-select_streams", "v", "-show_entries", "packet=pts", "-of", "csv=p=0", path];
  const { stdout } = await run("ffprobe", args);
  return ranks(
    stdout
      .trim()
      .split("\n")
      .map((line) => Number.parseInt(line, 10)),
  );
}

function ranks(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((value) => sorted.indexOf(value));
}

/** The same by the pictures' own order counts. */
async function ranksInStream(path: string, codec: "h264" | "h265"): Promise<number[]> {
  const format = codec === "h264" ? "h264" : "hevc";
  const args = ["-v", "error", "-i", path, "-c", "copy", "-f", format, "pipe:1"];
  const { stdout } = await run("ffmpeg", args, { encoding: "buffer", maxBuffer: 2 ** 26 });
  const order = new PictureOrder();
  let restarts = 0;
  const places = unitsOf(stdout, codec).map((unit) => {
    const place = order.next(unit);
    if (!place) throw new Error("no place");
    if (place.restart) restarts++;
    return restarts * 1_000_000 + place.order;
  });
  return ranks(places);
}

describe("PictureOrder", () => {
  let directory: FileDirectory;
  beforeAll(async () => {
    directory = await makeFileDirectory();
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it.each([
    { name: "pyramids of B-frames", codec: "h264", encoder: ["-c:v", "libx264", "-bf", "7", "-b_strategy", "0"] },
    { name: "several IDRs", codec: "h264", encoder: ["-c:v", "libx264", "-bf", "3", "-g", "11"] },
    {
      name: "open groups",
      codec: "h264",
      encoder: ["-c:v", "libx264", "-bf", "3", "-g", "15", "-x264-params", "open-gop=1"],
    },
    { name: "interlaced pictures", codec: "h264", encoder: ["-c:v", "libx264", "-bf", "2", "-flags", "+ilme+ildct"] },
    {
      name: "pyramids of B-frames",
      codec: "h265",
      encoder: ["-c:v", "libx265", "-x265-params", "bframes=8:rc-lookahead=10"],
    },
    { name: "several IDRs", codec: "h265", encoder: ["-c:v", "libx265", "-x265-params", "keyint=11:open-gop=0"] },
    { name: "open groups", codec: "h265", encoder: ["-c:v", "libx265", "-x265-params", "keyint=15:open-gop=1"] },
  ] as const)("follows $codec with $name over more pictures than a count's lower bits hold", async (stream) => {
    const name = `${stream.codec} ${stream.name}.mp4`;
    const quick = ["-preset", "ultrafast", "-s", "64x64"];
    const path = await directory.make({ name, encoder: [...quick, ...stream.encoder], frames: 200 });
    expect(await ranksInStream(path, stream.codec)).toEqual(await ranksInFile(path));
  });

  it("tells nothing where H.264 says that pictures are coded as they are shown", async () => {
    const path = await directory.make({ name: "plain.h264", encoder: ["-c:v", "libx264", "-bf", "0"] });
    const order = new PictureOrder();
    const places = unitsOf(await readFile(path), "h264").map((unit) => order.next(unit));
    expect(places).toEqual(Array(20).fill(undefined));
  });

  it.each(["h264", "h265"] as const)("tells nothing of a damaged or unknown %s picture", (codec) => {
    const unit = { codec, keyframe: false, receivedAtMs: 0 };
    const order = new PictureOrder();
    const places = ["", "0000000141", "00000001678000", "0000000141ffff", "000000010201d0", "00000001420101"].map(
      (hex) => order.next({ ...unit, data: Buffer.from(hex, "hex") }),
    );
    expect(places.filter((place) => place !== undefined)).toEqual([]);
  });
});
