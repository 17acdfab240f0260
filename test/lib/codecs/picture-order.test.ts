import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PictureOrder } from "../../../lib/codecs/picture-order.js";
import { type FileDirectory, makeFileDirectory } from "../../support/make-file.js";
import { unitsOf } from "../../support/units-of.js";

const X264 = ["-c:v", "libx264"];
const X265 = ["-c:v", "libx265", "-x265-params"];
const STREAMS = [
  { name: "pyramids of B-frames", codec: "h264", encoder: [...X264, "-bf", "7", "-b_strategy", "0"] },
  { name: "several IDRs", codec: "h264", encoder: [...X264, "-bf", "3", "-g", "11"] },
  { name: "open groups", codec: "h264", encoder: [...X264, "-bf", "3", "-g", "15", "-x264-params", "open-gop=1"] },
  { name: "interlaced pictures", codec: "h264", encoder: [...X264, "-bf", "2", "-flags", "+ilme+ildct"] },
  { name: "pyramids of B-frames", codec: "h265", encoder: [...X265, "bframes=8:rc-lookahead=10"] },
  { name: "several IDRs", codec: "h265", encoder: [...X265, "keyint=11:open-gop=0"] },
  { name: "open groups", codec: "h265", encoder: [...X265, "keyint=15:open-gop=1"] },
] as const;
const QUICK = ["-preset", "ultrafast", "-s", "64x64"];
const FRAMES = 200;

const run = promisify(execFile);

/** What a file holds: its stream as it is coded, and in that order where each picture is shown. */
interface Coded {
  stream: Buffer;
  ranks: number[];
}

/** Takes files apart, all by one ffmpeg. */
async function takeApart(paths: readonly string[]): Promise<Coded[]> {
  const outputs = paths.flatMap((path, index) => {
    const copy = ["-map", `${index}:v`, "-c", "copy"];
    const format = STREAMS[index]?.codec === "h265" ? "hevc" : "h264";
    return [...[...copy, "-f", format, `${path}.annexb`], ...[...copy, "-f", "framecrc", `${path}.crc`]];
  });
  await run("ffmpeg", ["-v", "error", ...paths.flatMap((path) => ["-i", path]), ...outputs]);
  return Promise.all(
    paths.map(async (path) => {
      const rows = (await readFile(`${path}.crc`, "utf8")).split("\n").filter((row) => /^0,/.test(row));
      const shown = rows.map((row) => Number(row.split(",")[2]));
      return { stream: await readFile(`${path}.annexb`), ranks: ranks(shown) };
    }),
  );
}

function ranks(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((value) => sorted.indexOf(value));
}

/** Where each picture is shown by the pictures' own order counts. */
function ranksInStream(stream: Buffer, codec: "h264" | "h265"): number[] {
  const order = new PictureOrder();
  let restarts = 0;
  const places = unitsOf(stream, codec).map((unit) => {
    const place = order.next(unit);
    if (!place) throw new Error("no place");
    if (place.restart) restarts++;
    return restarts * 1_000_000 + place.order;
  });
  return ranks(places);
}

describe("PictureOrder", () => {
  let directory: FileDirectory;
  let coded: Coded[];
  beforeAll(async () => {
    directory = await makeFileDirectory();
    const files = STREAMS.map(({ codec, name, encoder }) => ({
      name: `${codec} ${name}.mp4`,
      encoder: [...QUICK, ...encoder],
    }));
    coded = await takeApart(await directory.makeAll(files, FRAMES));
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it.each(STREAMS.map((stream, index) => ({ ...stream, index })))(
    "follows $codec with $name over more pictures than a count's lower bits hold",
    ({ codec, index }) => {
      const { stream, ranks } = coded[index] as Coded;
      expect(ranks).toHaveLength(FRAMES);
      expect(ranksInStream(stream, codec)).toEqual(ranks);
    },
  );

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
