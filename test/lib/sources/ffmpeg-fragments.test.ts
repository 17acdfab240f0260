import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import { FragmentReader } from "../../../lib/sources/ffmpeg-fragments.js";
import { FakeClock } from "../../support/fake-clock.js";
import { FILE_MARK, FLAGS, frame, mainHeader, streamHeader, unsigned } from "../../support/nut-writer.js";

const SPS = Buffer.from("6742c01e", "hex");
const PPS = Buffer.from("68cb83cb", "hex");
/** A picture of one NAL unit, which makes two pieces of full size and a shorter one. */
const IDR = Buffer.concat([Buffer.from([0x65, 0x88]), Buffer.alloc(250, 0x5a)]);
const PIECES = [joinNalUnits([IDR.subarray(0, 101)]), IDR.subarray(101, 201), IDR.subarray(201)] as const;

function piece(data: Buffer, ptsMs: number): Buffer {
  return frame(FLAGS.codedPts | FLAGS.sizeMsb, [unsigned(ptsMs + 128), unsigned(data.length)], data);
}

function setUp(fourcc: string) {
  const clock = new FakeClock();
  const seen = { units: [] as AccessUnit[], lost: 0, started: [] as string[], unsuited: 0 };
  const reader = new FragmentReader({
    clock,
    sink: {
      unit: (unit) => void seen.units.push(unit),
      live: () => {},
      restarted: () => {},
      lost: (count) => {
        seen.lost += count;
      },
      discarded: () => {},
    },
    onStarted: (description) => void seen.started.push(description),
    onUnsuited: () => {
      seen.unsuited++;
    },
  });
  reader.push(Buffer.concat([FILE_MARK, mainHeader(), streamHeader({ fourcc, extradata: joinNalUnits([SPS, PPS]) })]));
  const pass = async (milliseconds: number): Promise<void> => {
    clock.advance(milliseconds);
    await setImmediate();
  };
  return { clock, reader, seen, pass };
}

describe("FragmentReader", () => {
  it("gives a picture 2 ms after its last piece, with the parameter sets of the description", async () => {
    const { reader, seen, pass } = setUp("H264");
    for (const data of PIECES) reader.push(piece(data, 40));
    await pass(1);
    expect(seen.units).toEqual([]);
    await pass(1);
    expect(seen.units).toMatchObject([{ codec: "h264", keyframe: true, data: joinNalUnits([SPS, PPS, IDR]) }]);
  });

  it("waits for the rest behind a piece of full size, however long the network pauses", async () => {
    const { reader, seen, pass } = setUp("H264");
    reader.push(piece(PIECES[0], 40));
    await pass(500);
    reader.push(piece(PIECES[1], 40));
    await pass(500);
    expect(seen.units).toEqual([]);
    reader.push(piece(PIECES[2], 40));
    await pass(2);
    expect(seen.units).toHaveLength(1);
    expect(seen.lost).toBe(0);
  });

  it("gives a picture at once when the next one begins", () => {
    const { reader, seen } = setUp("H264");
    for (const data of PIECES) reader.push(piece(data, 40));
    reader.push(piece(PIECES[0], 73));
    expect(seen.units).toHaveLength(1);
  });

  it("gives each picture the time of its first piece, whatever ended it", async () => {
    const { reader, seen, pass } = setUp("H264");
    for (const [index, data] of PIECES.entries()) reader.push(piece(data, 40 + index));
    await pass(2);
    for (const [index, data] of PIECES.entries()) reader.push(piece(data, 73 + index));
    for (const [index, data] of PIECES.entries()) reader.push(piece(data, 107 + index));
    await pass(2);
    expect(seen.units.map((unit) => unit.mediaTimeMs)).toEqual([40, 73, 107]);
  });

  it("takes JPEG pictures as they come", () => {
    const { reader, seen } = setUp("MJPG");
    reader.push(piece(IDR, 0));
    expect(seen.units).toMatchObject([{ codec: "mjpeg", data: IDR }]);
  });

  it("tells that it cannot read formats whose pictures have no marks", () => {
    const { reader, seen } = setUp("FMP4");
    reader.push(piece(IDR, 0));
    expect(seen).toMatchObject({ units: [], started: [], unsuited: 1 });
  });

  it("leaves no timer behind when it is closed", () => {
    const { clock, reader } = setUp("H264");
    for (const data of PIECES) reader.push(piece(data, 40));
    reader.close();
    expect(clock.waiting).toBe(0);
  });
});
