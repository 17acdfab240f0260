import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../lib/errors.js";
import { formatStreamUrl, parseStreamUrl, readParameters } from "../../lib/stream-url.js";

const RULES = {
  listen: { kind: "flag" },
  ttl: { kind: "integer", min: 0, max: 255 },
  format: { kind: "word", words: ["raw", "ts"] },
} as const;

describe("stream URLs", () => {
  it.each([
    ["tcp://host:8000", { scheme: "tcp", host: "host", port: 8000 }],
    ["TCP://:8000", { scheme: "tcp", host: "", port: 8000 }],
    ["udp://[ff15::1]:5000", { scheme: "udp", host: "ff15::1", port: 5000 }],
    ["udp://239.1.1.1", { scheme: "udp", host: "239.1.1.1", port: undefined }],
    ["tcp://host:8000/?listen=1", { scheme: "tcp", host: "host", port: 8000 }],
  ])("%s is taken apart", (text, parts) => {
    expect(parseStreamUrl(text)).toMatchObject(parts);
  });

  it.each([
    ["tcp://host:99999", /port 99999 is not allowed; 0 to 65535/],
    ["tcp:/host", /must look like scheme:\/\/host:port/],
    ["tcp://host:80a", /must look like/],
  ])("%s is refused in words that help", (text, message) => {
    expect(() => parseStreamUrl(text)).toThrow(message);
  });

  it.each([
    ["tcp://h?speed=1", /parameter "speed" is unknown; allowed: listen, ttl, format/],
    ["tcp://h?ttl=256", /ttl=256 is not allowed; it must be a whole number from 0 to 255/],
    ["tcp://h?format=mp4", /format=mp4 is not allowed; it must be one of raw, ts/],
    ["tcp://h?listen=yes", /listen=yes is not allowed; it must be 0 or 1/],
    ["tcp://h?ttl=1&ttl=2", /"ttl" is given twice/],
    ["tcp://h?constructor=1", /"constructor" is unknown/],
  ])("%s is refused with the allowed values", (text, message) => {
    expect(() => readParameters(parseStreamUrl(text), RULES)).toThrow(message);
  });

  it("reads what it allows", () => {
    const url = parseStreamUrl("tcp://h?listen=1&ttl=8&format=ts");
    expect(readParameters(url, RULES)).toEqual({ listen: true, ttl: 8, format: "ts" });
  });

  it("writes IPv6 in brackets", () => {
    expect(formatStreamUrl("tcp", "::1", 8000)).toBe("tcp://[::1]:8000");
  });

  it("throws nothing but StreamError, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          readParameters(parseStreamUrl(text), RULES);
        } catch (error) {
          expect(error).toBeInstanceOf(StreamError);
        }
      }),
    );
  });
});
