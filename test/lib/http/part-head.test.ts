import { describe, expect, it } from "vitest";
import { parsePartHead } from "../../../lib/http/part-head.js";

describe("the head of a part", () => {
  it("tells type, length and time, however it is written", () => {
    expect(
      parsePartHead(["content-TYPE : Image/JPEG; q=1", "Content-Length:23950", "X-Timestamp: 1764087000.123456"]),
    ).toEqual({ type: "image/jpeg", length: 23_950, mediaTimeMs: 1764087000123.456, capturedAtMs: 1764087000123.456 });
  });

  it("tells nothing where there is nothing, or nonsense", () => {
    const nothing = { type: "", length: undefined, mediaTimeMs: undefined, capturedAtMs: undefined };
    expect(parsePartHead([])).toEqual(nothing);
    expect(parsePartHead(["", ":", "no header", "Content-Length: many", "X-Timestamp: yesterday"])).toEqual(nothing);
  });

  it("takes a length of 0 for one that is not known", () => {
    expect(parsePartHead(["Content-Length: 0"]).length).toBeUndefined();
  });

  it("takes an uptime for no wall clock", () => {
    const { mediaTimeMs, capturedAtMs } = parsePartHead(["X-Timestamp: 37769.403000"]);
    expect([mediaTimeMs, capturedAtMs]).toEqual([37_769_403, undefined]);
  });

  it("takes no time of whole seconds, which is none of a picture", () => {
    expect(parsePartHead(["X-Timestamp: 1764087000"]).mediaTimeMs).toBeUndefined();
  });
});
