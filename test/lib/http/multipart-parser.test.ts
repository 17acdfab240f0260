import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { MultipartParser } from "../../../lib/http/multipart-parser.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";
import { smallJpeg } from "../../support/small-jpeg.js";

const PICTURES = [smallJpeg(0), smallJpeg(1, { thumbnail: true }), smallJpeg(2, { scans: 2 })];

interface PartOptions {
  length?: number | undefined;
  eol?: string;
  type?: string;
}

/** A delimiter, a head, and a body with a line end behind it. */
function part(body: Buffer, { length, eol = "\r\n", type = "image/jpeg" }: PartOptions = {}): Buffer {
  const lengthLine = length === undefined ? "" : `Content-Length: ${length}${eol}`;
  const head = `--frame${eol}Content-Type: ${type}${eol}${lengthLine}${eol}`;
  return Buffer.concat([Buffer.from(head), body, Buffer.from(eol)]);
}

interface Found {
  data: string[];
  lost: number;
  discarded: number;
}

function parse(chunks: readonly Buffer[], boundary?: string): Found {
  const sink = new RecordingSink();
  const parser = new MultipartParser({ sink, boundary });
  for (const chunk of chunks) parser.push(chunk, 0);
  parser.end();
  return { data: sink.data, lost: sink.lostCount, discarded: sink.discardedBytes };
}

const whole = (pictures: readonly Buffer[], rest: Partial<Found> = {}): Found => {
  const data = fingerprints(pictures.map((data) => ({ codec: "mjpeg", data, keyframe: true, receivedAtMs: 0 })));
  return { data, lost: 0, discarded: 0, ...rest };
};

/** What a stream gives, however it is cut: at every place, and byte by byte. */
function parseAllWays(stream: Buffer, boundary = "frame"): Found {
  const found = parse([stream], boundary);
  const wanted = JSON.stringify(found);
  const places = Array.from(stream, (_, at) => at);
  const isSame = (chunks: Buffer[]): boolean => JSON.stringify(parse(chunks, boundary)) === wanted;
  expect(places.filter((at) => !isSame([stream.subarray(0, at), stream.subarray(at)]))).toEqual([]);
  expect(isSame(places.map((at) => stream.subarray(at, at + 1)))).toBe(true);
  return found;
}

describe("parts of a multipart stream", () => {
  const forms = ["\r\n", "\n"].flatMap((eol) => [true, false].map((told) => ({ eol, told })));

  it.each(forms)("are read with line ends $eol, length told: $told, however the stream is cut", ({ eol, told }) => {
    const parts = PICTURES.map((jpeg) => part(jpeg, { eol, length: told ? jpeg.length : undefined }));
    expect(parseAllWays(Buffer.concat([...parts, Buffer.from("--frame--\r\n")]))).toEqual(whole(PICTURES));
  });

  it.each([true, false])("are given out with their last byte, length told: %s", (told) => {
    const [jpeg = Buffer.alloc(0)] = PICTURES;
    const sink = new RecordingSink();
    const parser = new MultipartParser({ sink });
    const bytes = part(jpeg, { length: told ? jpeg.length : undefined }).subarray(0, -2);
    parser.push(bytes.subarray(0, -1), 1);
    expect(sink.units).toEqual([]);
    expect(parser.pending).toBe(true);
    parser.push(bytes.subarray(-1), 2);
    expect(sink.units).toEqual([{ codec: "mjpeg", data: jpeg, keyframe: true, receivedAtMs: 2 }]);
    expect(parser.pending).toBe(false);
  });

  it("carry the time of their pictures", () => {
    const sink = new RecordingSink();
    const head = "--frame\r\nContent-Type: image/jpeg\r\nX-Timestamp: 1764087000.250000\r\n\r\n";
    new MultipartParser({ sink }).push(Buffer.concat([Buffer.from(head), smallJpeg(0)]), 0);
    expect(sink.units[0]).toMatchObject({ capturedAtMs: 1764087000250, mediaTimeMs: 1764087000250 });
  });

  it("that are no pictures are passed over, and nothing of them is held", () => {
    const text = part(Buffer.from("no --frame\r\nno picture"), { type: "text/plain", length: 21 });
    const sound = part(Buffer.alloc(300_000, 1), { type: "audio/basic" });
    const stream = Buffer.concat([text, part(smallJpeg(0)), sound, part(smallJpeg(1)), Buffer.from("--frame--")]);
    expect(parse([stream], "frame")).toEqual(whole([smallJpeg(0), smallJpeg(1)], { discarded: 300_022 }));
  });

  it("that say that they are pictures and are none are lost", () => {
    const stream = Buffer.concat([part(Buffer.from("sorry")), part(smallJpeg(1))]);
    expect(parseAllWays(stream)).toEqual(whole([smallJpeg(1)], { lost: 1, discarded: 5 }));
  });
});

describe("boundaries", () => {
  const between = (delimiter: string): Buffer =>
    Buffer.concat(PICTURES.flatMap((jpeg) => [Buffer.from(`${delimiter}\r\n\r\n`), jpeg, Buffer.from("\r\n")]));

  it.each([
    ["as announced", "--frame", "frame"],
    ["with their dashes in the announcement", "--frame", "--frame"],
    ["that nobody announced", "--frame", undefined],
    ["other than announced", "--other", "frame"],
    ["without dashes", "frame", "frame"],
    ["with spaces and dashes", "--video boundary--", "--video boundary--"],
    ["of many dashes", "----------frame", "--------frame"],
  ])("are found %s", (_name, delimiter, boundary) => {
    expect(parse([between(delimiter)], boundary)).toEqual(whole(PICTURES));
  });

  it("may stand behind empty lines and a preamble", () => {
    const stream = Buffer.concat([Buffer.from("\r\n\r\nhello\r\n"), ...PICTURES.map((jpeg) => part(jpeg))]);
    expect(parseAllWays(stream)).toEqual(whole(PICTURES, { discarded: 7 }));
  });

  it("may be written twice, and right behind a picture", () => {
    const stream = Buffer.concat([part(smallJpeg(0)).subarray(0, -2), Buffer.from("--frame\r\n"), part(smallJpeg(1))]);
    expect(parseAllWays(stream)).toEqual(whole([smallJpeg(0), smallJpeg(1)]));
  });
});

describe("streams of known servers", () => {
  it("are read: ESP32-CAM", () => {
    const boundary = "123456789000000000000987654321";
    const parts = PICTURES.flatMap((jpeg) => [
      Buffer.from(`\r\n--${boundary}\r\n`),
      Buffer.from(`Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\nX-Timestamp: 12.034567\r\n\r\n`),
      jpeg,
    ]);
    expect(parse(parts, boundary)).toEqual(whole(PICTURES));
  });

  it("are read: mjpg-streamer", () => {
    const parts = PICTURES.flatMap((jpeg) => [
      Buffer.from(
        `Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\nX-Timestamp: 1764087000.123456\r\n\r\n`,
      ),
      jpeg,
      Buffer.from("\r\n--boundarydonotcross\r\n"),
    ]);
    const stream = Buffer.concat([Buffer.from("--boundarydonotcross\r\n"), ...parts]);
    expect(parseAllWays(stream, "boundarydonotcross")).toEqual(whole(PICTURES));
  });

  it("are read: ours, as browsers get it", () => {
    const head = "--glasslink-picture\r\nContent-Type: image/jpeg\r\n\r\n";
    const stream = Buffer.concat([
      Buffer.from(head),
      ...PICTURES.flatMap((jpeg) => [jpeg, Buffer.from(`\r\n${head}`)]),
    ]);
    expect(parseAllWays(stream, "glasslink-picture")).toEqual(whole(PICTURES));
  });
});

describe("wrong lengths", () => {
  it.each([-20, -1, 20, 100_000])("off by %i cost nothing but the time to the next boundary", (wrong) => {
    const parts = PICTURES.map((jpeg) => part(jpeg, { length: jpeg.length + wrong }));
    expect(parseAllWays(Buffer.concat([...parts, Buffer.from("--frame--")]))).toEqual(whole(PICTURES));
  });

  it("are believed no more once one proved wrong", () => {
    const sink = new RecordingSink();
    const parser = new MultipartParser({ sink });
    const parts = PICTURES.map((jpeg) => part(jpeg, { length: jpeg.length + 20 }));
    parser.push(Buffer.concat(parts), 0);
    expect(sink.units).toHaveLength(PICTURES.length);
  });

  it.each([1, 2])("that count %i bytes of the line end are borne", (counted) => {
    const sink = new RecordingSink();
    const parser = new MultipartParser({ sink });
    for (const jpeg of PICTURES) {
      parser.push(part(jpeg, { length: jpeg.length + counted }), 0);
      parser.push(Buffer.from("--frame\r\n"), 0);
      expect(sink.units.at(-1)?.data.subarray(0, jpeg.length)).toEqual(jpeg);
    }
  });
});

describe("pictures that are not whole", () => {
  it.each([true, false])("are lost, and the next one is not: length told: %s", (told) => {
    const cut = smallJpeg(1, { thumbnail: true }).subarray(0, 90);
    const length = told ? 200 : undefined;
    const stream = Buffer.concat([part(smallJpeg(0)), part(cut, { length }), part(smallJpeg(2))]);
    expect(parseAllWays(stream)).toEqual(whole([smallJpeg(0), smallJpeg(2)], { lost: 1, discarded: 90 }));
  });

  it("are lost where the stream ends in them", () => {
    const stream = Buffer.concat([part(smallJpeg(0)), part(smallJpeg(1), { length: 200 }).subarray(0, -10)]);
    expect(parse([stream])).toEqual(whole([smallJpeg(0)], { lost: 1 }));
    expect(parse([part(smallJpeg(0)).subarray(0, 30)])).toEqual(whole([]));
  });

  it("have their own way: without EOI, or filled up with zeros, where the length says so", () => {
    const bare = smallJpeg(0).subarray(0, -2);
    const filled = Buffer.concat([smallJpeg(1), Buffer.alloc(30)]);
    const parts = [bare, filled, bare].map((data) => part(data, { length: data.length }));
    expect(parseAllWays(Buffer.concat(parts).subarray(0, -2))).toEqual(whole([bare, filled, bare]));
  });
});

describe("bounds", () => {
  const MIB = 1024 * 1024;
  const endless = (begin: string) => () => parse([Buffer.from(begin, "latin1"), Buffer.alloc(17 * MIB, 0x20)]);

  it.each([
    ["a head", "--frame\r\n", "head has more than 65536 bytes"],
    ["a preamble", "hello\n", "no boundary between pictures comes within 65536 bytes"],
    ["a picture", "--frame\r\n\r\n\xff\xd8\xff\xda\x00\x02", "a picture has more than 16777216 bytes"],
    ["a picture that has its length", "--f\nContent-Length: 9\n\n\xff\xd8", "a picture has more than 16777216 bytes"],
    ["a boundary", `--${"-".repeat(300)}\n`, "the boundary between pictures has 302 bytes; 256 are allowed"],
    [
      "a length",
      "--frame\nContent-Length: 16777217\n\n",
      "a picture says that it has 16777217 bytes; 16777216 are allowed",
    ],
  ])("hold for %s", (_name, begin, problem) => {
    expect(endless(begin)).toThrow(
      expect.objectContaining({ code: "invalid-data", message: expect.stringContaining(problem) }),
    );
  });

  it("hold for many short lines as well", () => {
    const lines = Buffer.from("X: y\r\n".repeat(11_000));
    for (const begin of ["", "--frame\r\n"]) {
      expect(() => parse([Buffer.from(begin), lines])).toThrow(expect.objectContaining({ code: "invalid-data" }));
    }
  });
});

describe("lines", () => {
  it("take time that grows with their bytes alone", () => {
    const line = Buffer.from(`X:${" ".repeat(60_000)}y\n`);
    const beganAtMs = performance.now();
    expect(parse([Buffer.from("--frame\n"), line, Buffer.from("\n"), smallJpeg(1)]).data).toHaveLength(1);
    expect(performance.now() - beganAtMs).toBeLessThan(1_000);
  });
});

describe("anything", () => {
  const stream = Buffer.concat(PICTURES.map((jpeg, index) => part(jpeg, { length: index ? jpeg.length : undefined })));
  const edit = fc.record({
    at: fc.nat(stream.length),
    removed: fc.nat(40),
    inserted: fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constantFrom("--frame", "\n", "\xff\xd9", "\xff\xd8")),
  });

  it("throws nothing but StreamError, and gives the same however it is cut", () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(600)), (edits, cuts) => {
        let bytes = stream;
        for (const { at, removed, inserted } of edits) {
          const piece = typeof inserted === "string" ? Buffer.from(inserted, "latin1") : inserted;
          bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + removed)]);
        }
        const places = [0, ...cuts.sort((one, other) => one - other), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        try {
          expect(parse(chunks)).toEqual(parse([bytes]));
        } catch (error) {
          if (!(error instanceof StreamError)) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });
});
