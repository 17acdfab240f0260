import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { NutDemuxer, type NutPacket } from "../../../lib/nut/demuxer.js";
import type { NutStream } from "../../../lib/nut/headers.js";
import {
  block,
  FILE_MARK,
  FLAGS,
  frame,
  mainHeader,
  packet,
  START_CODES,
  signed,
  streamHeader,
  unsigned,
} from "../../support/nut-writer.js";

const PLAIN = FLAGS.key | FLAGS.codedPts | FLAGS.sizeMsb;
const HEADERS = Buffer.concat([FILE_MARK, mainHeader(), streamHeader()]);
const PICTURE = Buffer.from("picture");

function demux(...chunks: Buffer[]): { streams: NutStream[]; packets: NutPacket[] } {
  const streams: NutStream[] = [];
  const packets: NutPacket[] = [];
  const demuxer = new NutDemuxer({ stream: (stream) => streams.push(stream), packet: (one) => packets.push(one) });
  for (const chunk of chunks) demuxer.push(chunk);
  return { streams, packets };
}

function plainFrame(codedPts: number, data = PICTURE): Buffer {
  return frame(PLAIN, [unsigned(codedPts), unsigned(data.length)], data);
}

/** All that came out, as text: far quicker to compare. */
function digest({ streams, packets }: ReturnType<typeof demux>): string {
  const lines = packets.map((one) => `${one.ptsMs} ${one.keyframe} ${one.data.toString("latin1")}`);
  return JSON.stringify([streams, lines]);
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(StreamError);
    return (error as StreamError).code;
  }
}

describe("NutDemuxer", () => {
  it("describes the stream", () => {
    const header = streamHeader({ fourcc: "avc1", extradata: Buffer.from([1, 2, 3]) });
    const { streams } = demux(Buffer.concat([FILE_MARK, mainHeader(), header]));
    expect(streams).toEqual([{ fourcc: "avc1", width: 320, height: 240, extradata: Buffer.from([1, 2, 3]) }]);
  });

  it("describes the stream once, however often its headers come", () => {
    const { streams } = demux(HEADERS, plainFrame(0), mainHeader(), streamHeader(), plainFrame(1));
    expect(streams).toHaveLength(1);
  });

  it("gives a packet with its last byte", () => {
    const bytes = plainFrame(5);
    expect(demux(HEADERS, bytes.subarray(0, -1)).packets).toEqual([]);
    expect(demux(HEADERS, bytes).packets).toEqual([{ data: PICTURE, keyframe: true, ptsMs: 5 }]);
  });

  it("takes the mark of a keyframe from the flags", () => {
    const bytes = frame(FLAGS.sizeMsb, [unsigned(PICTURE.length)], PICTURE);
    expect(demux(HEADERS, bytes).packets).toMatchObject([{ keyframe: false }]);
  });

  it("gives an empty packet", () => {
    expect(demux(HEADERS, frame(FLAGS.key, [], Buffer.alloc(0))).packets).toMatchObject([{ data: Buffer.alloc(0) }]);
  });

  it("leaves out info packets, also those that are long enough for a second checksum", () => {
    const info = packet(START_CODES.info, Buffer.alloc(5_000, 1));
    expect(demux(HEADERS, info, plainFrame(0)).packets).toHaveLength(1);
  });

  it("puts elided bytes back", () => {
    const headers = [FILE_MARK, mainHeader({ elided: [Buffer.from("ab"), Buffer.from("pict")] }), streamHeader()];
    const bytes = frame(FLAGS.sizeMsb | FLAGS.elision, [unsigned(7), unsigned(2)], Buffer.from("ure"));
    expect(demux(...headers, bytes).packets).toMatchObject([{ data: PICTURE }]);
  });

  it("reads over fields that it has no use for", () => {
    const fields = [unsigned(0), unsigned(PICTURE.length), signed(-9), unsigned(2), unsigned(300), unsigned(1)];
    const flags = FLAGS.streamId | FLAGS.sizeMsb | FLAGS.matchTime | FLAGS.reserved;
    expect(demux(HEADERS, frame(flags, fields, PICTURE)).packets).toMatchObject([{ data: PICTURE }]);
  });

  it("reads a frame that carries a checksum", () => {
    const bytes = frame(PLAIN | FLAGS.checksum, [unsigned(0), unsigned(PICTURE.length)], PICTURE);
    expect(demux(HEADERS, bytes).packets).toMatchObject([{ data: PICTURE }]);
  });

  it("tells a configuration that changes in the middle of the stream", () => {
    const sideData = [unsigned(3), block("Width"), signed(64), block("Note"), signed(-1), block("text")];
    const extradata = [block("Extradata"), signed(-2), block("bin"), block(Buffer.from([9, 9]))];
    const metadata = [unsigned(3), block("a"), signed(-3), signed(-70), block("b"), signed(-4), unsigned(7)];
    const rational = [block("c"), signed(-7), signed(5)];
    const data = Buffer.concat([...sideData, ...extradata, ...metadata, ...rational, PICTURE]);
    const bytes = frame(FLAGS.sizeMsb | FLAGS.sideData, [unsigned(data.length)], data);
    const { streams, packets } = demux(FILE_MARK, mainHeader({ version: 4 }), streamHeader(), bytes);
    expect(streams.map((stream) => stream.extradata)).toEqual([Buffer.alloc(0), Buffer.from([9, 9])]);
    expect(packets).toMatchObject([{ data: PICTURE }]);
  });

  describe("timestamps", () => {
    const times = (...bytes: Buffer[]) => demux(HEADERS, ...bytes).packets.map((one) => one.ptsMs);

    it("completes the low bits to the nearest time", () => {
      expect(times(...[0, 60, 120, 180 % 128, 240 % 128, 200 % 128].map((pts) => plainFrame(pts)))).toEqual([
        0, 60, 120, 180, 240, 200,
      ]);
    });

    it("takes a whole timestamp behind 2^bits", () => {
      expect(times(plainFrame(128 + 1_000_000), plainFrame(128 + 5))).toEqual([1_000_000, 5]);
    });

    it("counts on from a sync point, whichever time base it uses", () => {
      const headers = [
        FILE_MARK,
        mainHeader({
          timeBases: [
            [1, 1000],
            [1, 90_000],
          ],
        }),
        streamHeader(),
      ];
      // 450,000 ticks of the second of two time bases: 5 s.
      const syncpoint = packet(START_CODES.syncpoint, unsigned(450_000 * 2 + 1), unsigned(0));
      expect(demux(...headers, syncpoint, plainFrame((5_000 + 3) % 128)).packets).toMatchObject([{ ptsMs: 5_003 }]);
    });

    it("turns ticks into milliseconds", () => {
      const headers = [FILE_MARK, mainHeader({ timeBases: [[1001, 30_000]] }), streamHeader()];
      expect(demux(...headers, plainFrame(3)).packets[0]?.ptsMs).toBeCloseTo(100.1);
    });
  });

  describe("refuses", () => {
    const brokenSum = plainFrame(0);
    const withSum = frame(PLAIN | FLAGS.checksum, [unsigned(0), unsigned(0)], Buffer.alloc(0));
    withSum[withSum.length - 1] = (withSum.at(-1) as number) ^ 1;
    const broken = mainHeader();
    broken[40] = (broken[40] as number) ^ 1;
    const cases: [string, Buffer[]][] = [
      ["bytes that are no NUT", [Buffer.alloc(64, 0x20)]],
      ["a frame before the headers", [FILE_MARK, brokenSum]],
      ["a stream header before the main header", [FILE_MARK, streamHeader()]],
      ["a header whose checksum is wrong", [FILE_MARK, broken]],
      ["a frame whose checksum is wrong", [HEADERS, withSum]],
      ["a version of the future", [FILE_MARK, mainHeader({ version: 5 })]],
      ["two streams", [FILE_MARK, mainHeader({ streams: 2 })]],
      ["a time base of zero", [FILE_MARK, mainHeader({ timeBases: [[0, 1]] })]],
      ["an unknown time base", [FILE_MARK, mainHeader(), streamHeader({ timeBase: 1 })]],
      ["timestamps of too many bits", [FILE_MARK, mainHeader(), streamHeader({ timestampBits: 17 })]],
      ["a frame code that is not in use", [HEADERS, Buffer.from([255, 0])]],
      ["a frame of another stream", [HEADERS, frame(FLAGS.streamId, [unsigned(1)], Buffer.alloc(0))]],
      ["a frame above 16 MiB", [HEADERS, frame(FLAGS.sizeMsb, [unsigned(2 ** 24 + 1)], Buffer.alloc(0))]],
      ["a packet above 1 MiB", [FILE_MARK, packet(START_CODES.info).subarray(0, 8), unsigned(2 ** 20 + 1)]],
      ["a number of more than 10 bytes", [HEADERS, Buffer.from([0, ...Array(11).fill(0x80)])]],
      ["a frame header without end", [HEADERS, frame(FLAGS.reserved, [unsigned(5_000)], Buffer.alloc(300))]],
      ["elided bytes that nobody knows", [HEADERS, frame(FLAGS.elision, [unsigned(3)], Buffer.alloc(0))]],
      ["side data that does not end", [HEADERS, frame(FLAGS.sideData | FLAGS.sizeMsb, [unsigned(1)], unsigned(9))]],
    ];
    it.each(cases)("%s", (_what, chunks) => {
      expect(codeOf(() => demux(...chunks))).toBe("invalid-data");
    });
  });
});

describe("NutDemuxer and what ffmpeg writes", () => {
  let bytes: Buffer;
  let whole: ReturnType<typeof demux>;

  beforeAll(async () => {
    const picture = [
      "-f",
      "lavfi",
      "-i",
      "testsrc2=size=32x32:rate=30",
      "-frames:v",
      "6",
      "-c:v",
      "libx264",
      "-g",
      "3",
    ];
    const nut = ["-f", "nut", "-syncpoints", "none", "-write_index", "0", "-strict", "experimental", "pipe:1"];
    const { stdout } = await promisify(execFile)("ffmpeg", ["-v", "error", ...picture, ...nut], { encoding: "buffer" });
    bytes = stdout;
    whole = demux(bytes);
  });

  it("finds the stream and every picture", () => {
    expect(whole.streams).toMatchObject([{ fourcc: "H264", width: 32, height: 32 }]);
    expect(whole.packets.filter((one) => one.keyframe)).toHaveLength(2);
    const times = whole.packets.map((one) => one.ptsMs).sort((a, b) => a - b);
    for (const [index, time] of times.entries()) expect(time - (times[0] as number)).toBeCloseTo(index * 33.3333, 1);
  });

  it("finds the same with sync points and an index", async () => {
    const nut = ["-v", "error", "-f", "nut", "-i", "pipe:0", "-c", "copy", "-f", "nut", "pipe:1"];
    const job = promisify(execFile)("ffmpeg", nut, { encoding: "buffer" });
    job.child.stdin?.end(bytes);
    const { packets } = demux((await job).stdout);
    expect(packets).toEqual(whole.packets);
  });

  it("finds the same wherever the bytes are cut in two", () => {
    const expected = digest(whole);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(digest(demux(bytes.subarray(0, cut), bytes.subarray(cut)))).toBe(expected);
    }
  });

  it("finds the same in chunks of any size", () => {
    const expected = digest(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sizes) => {
        const chunks: Buffer[] = [];
        for (let offset = 0, turn = 0; offset < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] as number;
          chunks.push(bytes.subarray(offset, offset + size));
          offset += size;
        }
        expect(digest(demux(...chunks))).toBe(expected);
      }),
    );
  });

  it("throws nothing but invalid-data for damaged bytes", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = Buffer.from(bytes);
        for (const [position, value] of changes) damaged[position % damaged.length] = value;
        expect([undefined, "invalid-data"]).toContain(codeOf(() => demux(damaged)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("throws nothing but invalid-data for any bytes behind good headers", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
        expect([undefined, "invalid-data"]).toContain(codeOf(() => demux(HEADERS, Buffer.from(noise))));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(["main", "stream", "syncpoint"] as const)("throws nothing but invalid-data for any %s packet", (kind) => {
    const before = { main: FILE_MARK, stream: Buffer.concat([FILE_MARK, mainHeader()]), syncpoint: HEADERS }[kind];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
        const sealed = packet(START_CODES[kind], Buffer.from(noise));
        expect([undefined, "invalid-data"]).toContain(codeOf(() => demux(before, sealed, plainFrame(0))));
      }),
      { numRuns: 1_000 },
    );
  });
});
