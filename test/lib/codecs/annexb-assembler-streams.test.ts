import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { joinNalUnits, START_CODE, splitNalUnits } from "../../../lib/codecs/annexb.js";
import { AnnexBAssembler } from "../../../lib/codecs/annexb-assembler.js";
import { insertStamp } from "../../../lib/codecs/frame-stamp.js";
import { NAL_CODECS, type NalCodecName } from "../../../lib/codecs/nal-codec.js";
import { makeFileDirectory } from "../../support/make-file.js";
import { type MakeStreamOptions, makeStream } from "../../support/make-stream.js";
import { RecordingSink } from "../../support/recording-sink.js";

function assemble(chunks: Iterable<Buffer>): RecordingSink {
  const sink = new RecordingSink();
  const assembler = new AnnexBAssembler({ sink });
  for (const chunk of chunks) assembler.push(chunk, 0);
  assembler.flush(0);
  return sink;
}

function* chunked(data: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let offset = 0;
  for (let turn = 0; offset < data.length; turn++) {
    const end = offset + (sizes[turn % sizes.length] ?? data.length);
    yield data.subarray(offset, end);
    offset = end;
  }
}

type Packets = Pick<AccessUnit, "data" | "keyframe">[];

/** What ffmpeg makes of streams: the bytes of each packet without delimiters, and whether it is a keyframe. */
async function packetsOf(streams: readonly { codec: NalCodecName; stream: Buffer }[]): Promise<Packets[]> {
  await using directory = await makeFileDirectory();
  const path = (index: number): string => `${directory.path}/${index}`;
  await Promise.all(streams.map(({ stream }, index) => writeFile(path(index), stream)));
  const inputs = streams.flatMap(({ codec }, index) => ["-f", codec === "h264" ? codec : "hevc", "-i", path(index)]);
  const outputs = streams.flatMap((_, index) => [
    "-map",
    `${index}`,
    "-c",
    "copy",
    "-f",
    "framecrc",
    `${path(index)}.crc`,
  ]);
  await promisify(execFile)("ffmpeg", ["-v", "fatal", ...inputs, ...outputs]);
  const reports = await Promise.all(streams.map((_, index) => readFile(`${path(index)}.crc`, "utf8")));
  return streams.map(({ codec, stream }, index) => packetsIn(stream, codec, reports[index] as string));
}

/** The packets in ffmpeg's framecrc: stream, dts, pts, duration, size, checksum, and flags where it is no keyframe. */
function packetsIn(stream: Buffer, codec: NalCodecName, report: string): Packets {
  let offset = 0;
  const { aud } = NAL_CODECS[codec];
  const rows = report.split("\n").filter((row) => /^\d/.test(row));
  return rows.map((row) => {
    const columns = row.split(",");
    const nals = splitNalUnits(stream.subarray(offset, offset + Number(columns[4])));
    offset += Number(columns[4]);
    const data = joinNalUnits(nals.filter((nal) => nal[0] !== aud[0]));
    return { data, keyframe: columns.length === 6 };
  });
}

/** The same pictures as our sender writes them: stamped, each with a delimiter behind it. */
function asWeSend(units: readonly AccessUnit[]): Buffer {
  return Buffer.concat(
    units.flatMap((unit, sequence) => [
      insertStamp(unit, { sequence, capturedAtUs: BigInt(sequence) }),
      START_CODE,
      NAL_CODECS[unit.codec as NalCodecName].aud,
    ]),
  );
}

const shape = { width: 322, height: 258, fps: 25, frames: 12, gop: 5 };
const STREAMS: [name: string, options: MakeStreamOptions][] = [
  ["H.264", { ...shape, codec: "h264" }],
  ["H.264 with 4 slices and delimiters", { ...shape, codec: "h264", aud: true, slices: 4 }],
  ["H.264 with 4 slices and B-frames", { ...shape, codec: "h264", bFrames: 2, slices: 4 }],
  ["H.265", { ...shape, codec: "h265" }],
  ["H.265 with 4 slices and delimiters", { ...shape, codec: "h265", aud: true, slices: 4 }],
  ["H.265 with B-frames", { ...shape, codec: "h265", bFrames: 2 }],
];

let packets: Packets[];
beforeAll(async () => {
  const streams = STREAMS.map(async ([, options]) => ({ codec: options.codec, stream: await makeStream(options) }));
  packets = await packetsOf(await Promise.all(streams));
});

describe.each(STREAMS)("AnnexBAssembler on %s", (name, options) => {
  it("finds the access units that ffmpeg finds", async () => {
    const stream = await makeStream(options);
    const { units, lostCount, discardedBytes } = assemble(chunked(stream, [1400]));
    expect(units.map(({ data, keyframe }) => ({ data, keyframe }))).toEqual(
      packets[STREAMS.findIndex(([other]) => other === name)],
    );
    expect([units.length, lostCount, discardedBytes]).toEqual([options.frames, 0, 0]);
  });

  it("finds the same in any chunks", async () => {
    const stream = await makeStream(options);
    const expected = assemble([stream]);
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.nat(4000)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sizes, (some) => {
        const sink = assemble(chunked(stream, [...some, 1]));
        if (!sameAs(sink, expected)) expect(sink).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

describe.each(["h264", "h265"] as const)("AnnexBAssembler at every split point of %s", (codec) => {
  const small = { codec, width: 64, height: 64, fps: 25, frames: 3, slices: codec === "h264" ? 2 : 1 };

  it.each(["plain", "as we send it"])("finds the same access units: %s", async (kind) => {
    const plain = await makeStream(small);
    const stream = kind === "plain" ? plain : asWeSend(assemble([plain]).units);
    const expected = assemble([stream]);
    expect([expected.units.length, expected.lostCount, expected.discardedBytes]).toEqual([3, 0, 0]);
    for (let split = 1; split < stream.length; split++) {
      const sink = assemble([stream.subarray(0, split), stream.subarray(split)]);
      if (!sameAs(sink, expected)) expect(sink, `split at ${split}`).toEqual(expected);
    }
  });
});

/** Many times quicker than toEqual, which then says where they differ. */
function sameAs(one: RecordingSink, other: RecordingSink): boolean {
  return (
    one.lostCount === other.lostCount &&
    one.discardedBytes === other.discardedBytes &&
    one.units.length === other.units.length &&
    one.units.every((unit, index) => unit.data.equals(other.units[index]?.data as Buffer))
  );
}

describe("AnnexBAssembler on damaged streams", () => {
  it("emits each picture whole or not at all when datagrams are missing and pictures are stamped", async () => {
    const plain = await makeStream({ codec: "h264", width: 320, height: 240, fps: 25, frames: 12, gop: 4, slices: 4 });
    const { units } = assemble([plain]);
    const stream = asWeSend(units);
    const datagrams = [...chunked(stream, [1400])];
    const whole = new Set(assemble([stream]).units.map(({ data }) => data.toString("latin1")));
    fc.assert(
      fc.property(fc.subarray(datagrams), (arrived) => {
        expect(assemble(arrived).units.filter(({ data }) => !whole.has(data.toString("latin1")))).toEqual([]);
      }),
    );
  });

  it("emits each stamped picture whole however often the bytes pause", async () => {
    const plain = await makeStream({ codec: "h265", width: 320, height: 256, fps: 25, frames: 12, gop: 4 });
    const stream = asWeSend(assemble([plain]).units);
    const expected = assemble([stream]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const sink = new RecordingSink();
        const assembler = new AnnexBAssembler({ sink });
        for (const chunk of chunked(stream, sizes)) {
          assembler.push(chunk, 0);
          assembler.flush(0);
        }
        expect(sameAs(sink, expected)).toBe(true);
        expect(assembler.misfires).toBe(0);
      }),
    );
  });

  it("never throws and never holds more than allowed, whatever comes", () => {
    const maxUnitBytes = 500;
    const piece = fc.oneof(
      fc.constantFrom("000001", "00000001", "6742", "4001", "4201", "65b8", "4180", "2601af", "09", "0000", "0c"),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("hex")),
      fc.nat(2000).map((count) => "5a".repeat(count)),
      fc.constant("flush"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const sink = new RecordingSink();
        const assembler = new AnnexBAssembler({ sink, maxUnitBytes });
        for (const bytes of pieces) {
          if (bytes === "flush") assembler.flush(0);
          else assembler.push(Buffer.from(bytes, "hex"), 0);
        }
        // Start codes of 3 bytes become 4, at most for every 4 bytes that came.
        for (const { data } of sink.units) expect(data.length).toBeLessThanOrEqual(maxUnitBytes * 1.25);
      }),
      { numRuns: 500 },
    );
  });

  it("finds the next keyframe behind any noise", async () => {
    const stream = await makeStream({ codec: "h264", width: 64, height: 64, fps: 25, frames: 3, gop: 1 });
    const expected = assemble([stream]).data;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (noise) => {
        const { data } = assemble([Buffer.from(noise), stream]);
        expect(data.slice(-expected.length)).toEqual(expected);
      }),
    );
  });

  it("takes a picture of one megabyte in single bytes, in time that grows with the bytes alone", () => {
    const sink = new RecordingSink();
    const assembler = new AnnexBAssembler({ sink, codec: "h264" });
    const picture = Buffer.concat([Buffer.from("00000001419a", "hex"), Buffer.alloc(1024 * 1024, 0x5a)]);
    for (let offset = 0; offset < picture.length; offset++) assembler.push(picture.subarray(offset, offset + 1), 0);
    assembler.flush(0);
    expect(sink.units.map(({ data }) => data.length)).toEqual([picture.length]);
  });
});
