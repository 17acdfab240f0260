import { describe, expect, it } from "vitest";
import { parseMediaType } from "../../../lib/http/media-type.js";

describe("a media type", () => {
  it.each([
    ["multipart/x-mixed-replace;boundary=boundarydonotcross", "multipart/x-mixed-replace", "boundarydonotcross"],
    ['Multipart/Mixed; charset=x; BOUNDARY = "a \\"b\\"; c"', "multipart/mixed", 'a "b"; c'],
    ["multipart/x-mixed-replace; boundary=--video boundary--", "multipart/x-mixed-replace", "--video boundary--"],
    ["multipart/x-mixed-replace", "multipart/x-mixed-replace", undefined],
    ["multipart/x-mixed-replace; boundary=", "multipart/x-mixed-replace", undefined],
    ["image/jpeg", "image/jpeg", undefined],
    [undefined, "", undefined],
  ])("%j is read", (text, name, boundary) => {
    expect(parseMediaType(text)).toEqual({ name, boundary });
  });
});
