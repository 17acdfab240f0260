import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { formatLength, type LengthBytes, readLength } from "../../../lib/mjpeg-tcp/length-field.js";
import { LengthPrefixParser } from "../../../lib/mjpeg-tcp/length-prefix-parser.js";

const MEBIBYTE = 1024 * 1024;
/** A JPEG and pickles of every protocol, as far as the parser looks at them; the first is as short as can be. */
const PAYLOADS = [
  Buffer.from("ffd8", "hex"),
  Buffer.from("8002deadbeef", "hex"),
  Buffer.from("8003".padEnd(60, "0"), "hex"),
  Buffer.from("80045b2e", "hex"),
  Buffer.from("8005".padEnd(200, "80"), "hex"),
  Buffer.from("ffd8ffe000000000000000000000", "hex"),
];

function wireOf(payloads: readonly Buffer[], lengthBytes: LengthBytes): Buffer {
  return Buffer.concat(payloads.flatMap((payload) => [formatLength(payload.length, lengthBytes), payload]));
}

/** What a parser takes out of these chunks; those before it threw as well. */
function parse(chunks: readonly Buffer[], lengthBytes?: LengthBytes) {
  const parser = new LengthPrefixParser(lengthBytes);
  const payloads: Buffer[] = [];
  let error: unknown;
  try {
    for (const chunk of chunks) parser.push(chunk, (payload) => payloads.push(payload));
  } catch (thrown) {
    error = thrown;
  }
  return { parser, payloads, error };
}

const hex = (bytes: string): Buffer => Buffer.from(bytes, "hex");

describe.each([4, 8] as const)("MJPEG over TCP with lengths of %i bytes", (lengthBytes) => {
  const wire = wireOf(PAYLOADS, lengthBytes);

  it.each([undefined, lengthBytes])("is the same wherever it is split, with its lengths told as %s", (told) => {
    const places = Array.from({ length: wire.length + 1 }, (_, at) => at);
    const wrong = places.filter((at) => {
      const { payloads } = parse([wire.subarray(0, at), wire.subarray(at)], told);
      return payloads.length !== PAYLOADS.length || !Buffer.concat(payloads).equals(Buffer.concat(PAYLOADS));
    });
    expect(wrong).toEqual([]);
    const { payloads, parser } = parse(
      Array.from(wire, (byte) => Buffer.of(byte)),
      told,
    );
    expect(payloads).toEqual(PAYLOADS);
    expect(parser.pending).toBe(false);
  });

  it.each(PAYLOADS.slice(1))("is known by each payload that may come first", (payload) => {
    expect(parse([wireOf([payload], lengthBytes)]).payloads).toEqual([payload]);
  });

  it("holds a part of a frame from its first byte to the one before its last", () => {
    const frame = wireOf(PAYLOADS.slice(1, 2), lengthBytes);
    const { parser } = parse([]);
    const pending = Array.from(frame, (byte) => {
      parser.push(Buffer.of(byte), () => {});
      return parser.pending;
    });
    expect(pending).toEqual(pending.map((_, index) => index < frame.length - 1));
  });

  it("gives each payload memory of its own", () => {
    const chunk = Buffer.from(wire);
    const { payloads } = parse([chunk]);
    chunk.fill(0);
    expect(payloads).toEqual(PAYLOADS);
  });

  it.each([0, 16 * MEBIBYTE + 1, 0xffff_ffff])("refuses a frame of %i bytes, and says so", (length) => {
    const { error } = parse([wire, formatLength(length, lengthBytes)]);
    expect(error).toMatchObject({
      code: "invalid-data",
      message: `a frame says that it has ${length} bytes; 1 to 16777216 are allowed`,
    });
  });
});

it.each([4, 8] as const)("a length of %i bytes may say 16 MiB", (lengthBytes) => {
  expect(readLength(formatLength(16 * MEBIBYTE, lengthBytes), lengthBytes)).toBe(16 * MEBIBYTE);
});

describe("what is no MJPEG over TCP", () => {
  it.each([
    ["text", Buffer.from("HTTP/1.1 200 OK")],
    ["raw H.264", hex("00000001091000000001674d")],
    ["a JPEG without a length", hex("ffd8ffe000104a464946")],
    ["zeros", Buffer.alloc(10)],
    ["a pickle of protocol 1 or 6 behind 8 bytes", hex("0500000000000000800600")],
    ["a length of more than 32 bits", hex("0500000001000000ffd8")],
  ])("%s is refused with its first bytes", (_, bytes) => {
    const { error } = parse([bytes]);
    const begin = bytes.subarray(0, 10).toString("hex");
    expect(error).toMatchObject({
      code: "invalid-data",
      message: expect.stringContaining(`the stream begins with ${begin}, which is not a little-endian length`),
    });
  });

  it("lengths the other way round are refused with what they say", () => {
    expect(parse([hex("00005d8effd8ffe0")]).error).toMatchObject({
      message: "a frame says that it has 2388459520 bytes; 1 to 16777216 are allowed",
    });
    expect(parse([hex("ffffffffffffffff")], 8).error).toMatchObject({
      message: "a frame says that it has 18446744073709551615 bytes; 1 to 16777216 are allowed",
    });
  });

  it("random bytes give payloads, or an error of ours, and never hold more than was said", () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(...PAYLOADS.map((payload) => wireOf([payload], 4))),
      fc.constantFrom(...PAYLOADS.map((payload) => wireOf([payload], 8))),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 8 }), fc.constantFrom(undefined, 4, 8), (chunks, told) => {
        const { error, payloads } = parse(
          chunks.map((bytes) => Buffer.from(bytes)),
          told as LengthBytes | undefined,
        );
        expect(error === undefined || (error instanceof StreamError && error.code === "invalid-data")).toBe(true);
        const takenBytes = payloads.reduce((sum, { length }) => sum + length, 0);
        expect(takenBytes).toBeLessThanOrEqual(chunks.reduce((sum, { length }) => sum + length, 0));
      }),
      { numRuns: 300 },
    );
  });
});
