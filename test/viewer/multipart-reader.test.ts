import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MultipartReader } from "../../viewer/play/multipart-reader.js";

const BOUNDARY = "--glasslink-picture\r\n";
const encoder = new TextEncoder();

/** A stream as the server writes it. */
function stream(bodies: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const pieces = bodies.flatMap((body, index) => [
    encoder.encode(`Content-Type: image/jpeg\r\nContent-Length: ${body.length}\r\nX-Timestamp: ${index}.5\r\n\r\n`),
    body,
    encoder.encode(`\r\n${BOUNDARY}`),
  ]);
  return new Uint8Array(Buffer.concat([encoder.encode(BOUNDARY), ...pieces]));
}

function read(pieces: readonly Uint8Array<ArrayBuffer>[]): { body: number[]; timestamp: string | undefined }[] {
  const reader = new MultipartReader();
  const parts = pieces.flatMap((piece) => reader.push(piece));
  return parts.map(({ body, headers }) => ({ body: [...body], timestamp: headers.get("x-timestamp") }));
}

describe("MultipartReader", () => {
  const bodies = [Uint8Array.of(0xff, 0xd8, 1), encoder.encode("\r\n\r\n--glasslink-picture\r\n"), Uint8Array.of(7)];
  const whole = stream(bodies);
  const expected = bodies.map((body, index) => ({ body: [...body], timestamp: `${index}.5` }));

  it("gives every part, wherever the stream is cut in two", () => {
    for (let at = 0; at <= whole.length; at++) {
      expect(read([whole.slice(0, at), whole.slice(at)])).toEqual(expected);
    }
  });

  it("gives every part of a stream that comes byte by byte", () => {
    expect(read([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it("gives a part with its last byte, without waiting for what follows", () => {
    const head = encoder.encode("Content-Length: 2\r\n\r\n");
    const reader = new MultipartReader();
    expect(reader.push(new Uint8Array([...head, 1]))).toEqual([]);
    expect(reader.push(Uint8Array.of(2)).map(({ body }) => [...body])).toEqual([[1, 2]]);
  });

  it.for([
    ["Content-Type: image/jpeg", "a part does not tell its length"],
    ["Content-Length: -1", "a part does not tell its length"],
    ["Content-Length: 0", "a part does not tell its length"],
    ["Content-Length: 99999999999", "a part of 99999999999 bytes is too large; 16777216 are allowed"],
  ])("refuses a part whose head is %s", ([head, message]) => {
    expect(() => new MultipartReader().push(encoder.encode(`--x\r\n${head}\r\n\r\n`))).toThrow(message);
  });

  it("keeps no more than a head of noise", () => {
    const reader = new MultipartReader();
    const noise = new Uint8Array(1_000).fill(120);
    expect(() => {
      for (let count = 0; count < 5; count++) reader.push(noise);
    }).toThrow("a part's head is larger than 4096 bytes");
  });

  it("throws nothing but what it says, whatever comes", () => {
    const head = fc
      .constantFrom("Content-Length: 3", "\r\n\r\n", "\r\n", ":", "--x")
      .map((text) => encoder.encode(text));
    const noise = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(fc.array(fc.oneof(head, noise), { maxLength: 30 }), (pieces) => {
        try {
          read(pieces.map((piece) => new Uint8Array(piece)));
        } catch (error) {
          expect((error as Error).message).toMatch(/^a part/);
        }
      }),
    );
  });
});
