import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import type { NalCodecName } from "../../../lib/codecs/nal-codec.js";
import { PictureOrder } from "../../../lib/codecs/picture-order.js";
import { TsPacker } from "../../../server/outputs/ts-packer.js";
import { ffmpeg } from "../../lib/mpegts/ffmpeg.js";
import { streamUnits } from "../../lib/rtp/stream-units.js";

const STREAM = { width: 320, height: 240, fps: 25, frames: 30 };
const FRAME_TICKS = 90_000 / STREAM.fps;

/** Units with the times at which they are shown. */
async function displayedUnits(codec: NalCodecName, bFrames: number): Promise<AccessUnit[]> {
  const order = new PictureOrder();
  const units = (await streamUnits({ ...STREAM, codec, bFrames })).map((unit, index) => ({
    unit,
    place: order.next(unit)?.order ?? index,
  }));
  const places = units.map(({ place }) => place).sort((a, b) => a - b);
  return units.map(({ unit, place }) => ({ ...unit, mediaTimeMs: (places.indexOf(place) * 1_000) / STREAM.fps }));
}

/** What ffmpeg, without a complaint, makes of the transport stream: decoding and display time of each picture. */
async function times(units: readonly AccessUnit[], codec: NalCodecName, ...coding: string[]) {
  const packer = new TsPacker(codec);
  const stream = Buffer.concat(units.flatMap((unit) => packer.pack(unit)));
  const args = ["-copyts", "-f", "mpegts", "-i", "pipe:0", "-fps_mode", "passthrough", "-enc_time_base", "1:90000"];
  const text = (await ffmpeg([...args, ...coding, "-f", "framecrc", "-"], stream)).toString();
  const rows = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return rows.map((row) => row.split(",").map(Number)).map(([, dts = 0, pts = 0]) => ({ dts, pts }));
}

describe.each<NalCodecName>(["h264", "h265"])("%s with B-frames as MPEG-TS", (codec) => {
  it("comes out of a decoder in the order of display, evenly", async () => {
    const shown = (await times(await displayedUnits(codec, 2), codec)).map(({ pts }) => pts);
    expect(shown).toEqual(shown.map((_, index) => index * FRAME_TICKS));
  });

  it("is to be decoded at even times in the order of coding, never after it is shown", async () => {
    const units = await displayedUnits(codec, 2);
    const coded = await times(units, codec, "-c", "copy");
    const first = coded[0]?.dts ?? 0;
    expect(first).toBeLessThan(0);
    expect(coded).toEqual(
      units.map(({ mediaTimeMs = 0 }, index) => ({ dts: first + index * FRAME_TICKS, pts: mediaTimeMs * 90 })),
    );
    expect(coded.filter(({ dts, pts }) => dts > pts)).toEqual([]);
  });

  it("carries one time for both where nothing is reordered", async () => {
    const coded = await times(await displayedUnits(codec, 0), codec, "-c", "copy");
    expect(coded).toEqual(coded.map((_, index) => ({ dts: index * FRAME_TICKS, pts: index * FRAME_TICKS })));
  });
});
