import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIVE_HEADER_BYTES, readLiveHeader, writeLiveHeader } from "../../../server/web/live-protocol.js";

const time = fc.double({ noNaN: true, noDefaultInfinity: true });
const header = fc.record({
  keyframe: fc.boolean(),
  sequence: fc.nat(2 ** 32 - 1),
  capturedAtMs: fc.option(time),
  mediaTimeMs: time,
});
const bytesOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

describe("live header", () => {
  it("lies byte for byte as it is described", () => {
    const written = writeLiveHeader({ keyframe: true, sequence: 0x01020304, capturedAtMs: 1.5, mediaTimeMs: -2 });
    expect(Buffer.from(written).toString("hex")).toBe(
      "01010000" + "01020304" + "3ff8000000000000" + "c000000000000000",
    );
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(header, (value) => {
        expect(readLiveHeader(bytesOf(writeLiveHeader(value)))).toEqual(value);
      }),
    );
  });

  it("is read before the access unit behind it", () => {
    const value = { keyframe: false, sequence: 7, capturedAtMs: null, mediaTimeMs: 40 };
    const message = Buffer.concat([writeLiveHeader(value), Buffer.from("picture")]);
    expect(readLiveHeader(bytesOf(message))).toEqual(value);
  });

  it("is none where it is cut, or of another version", () => {
    const written = writeLiveHeader({ keyframe: true, sequence: 1, capturedAtMs: 2, mediaTimeMs: 3 });
    for (let length = 0; length < LIVE_HEADER_BYTES; length++) {
      expect(readLiveHeader(bytesOf(written.subarray(0, length)))).toBeUndefined();
    }
    written[0] = 2;
    expect(readLiveHeader(bytesOf(written))).toBeUndefined();
  });
});
