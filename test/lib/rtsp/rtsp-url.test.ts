import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { formatRtspUrl, parseRtspUrl, type RtspUrl, rtspPort } from "../../../lib/rtsp/rtsp-url.js";

const PLAIN: RtspUrl = {
  ...{ scheme: "rtsp", host: "cam", port: undefined, path: "/s", parameters: [], credentials: undefined },
};

describe("an RTSP URL", () => {
  it.each<[string, Partial<RtspUrl>]>([
    ["rtsp://cam/s", {}],
    ["RTSP://cam/s", {}],
    ["rtsps://cam/s", { scheme: "rtsps" }],
    ["rtsp://cam:8554/s", { port: 8_554 }],
    ["rtsp://cam:/s", {}],
    ["rtsp://cam", { path: "" }],
    ["rtsp://cam/", { path: "/" }],
    ["rtsp://cam/s/../t//u%20v", { path: "/s/../t//u%20v" }],
    ["rtsp://cam/s?a=1&b&c=%26#part", { parameters: ["a=1", "b", "c=%26"] }],
    ["rtsp://cam?a=1", { path: "", parameters: ["a=1"] }],
    ["rtsp://[fe80::1]:8554/s", { host: "fe80::1", port: 8_554 }],
    ["rtsp://[::]/s", { host: "::" }],
    ["rtsp://:8554/s", { host: "", port: 8_554 }],
    ["rtsp://u:p@cam/s", { credentials: { username: "u", password: "p" } }],
    ["rtsp://u@cam/s", { credentials: { username: "u", password: "" } }],
    ["rtsp://u:p:q@cam/s", { credentials: { username: "u", password: "p:q" } }],
    ["rtsp://u:p@q@cam:1/s", { port: 1, credentials: { username: "u", password: "p@q" } }],
    ["rtsp://u:p@q@[::1]/s", { host: "::1", credentials: { username: "u", password: "p@q" } }],
    ["rtsp://u%40h:p%2Fq%3A@cam/s", { credentials: { username: "u@h", password: "p/q:" } }],
    ["rtsp://u:100%@cam/s", { credentials: { username: "u", password: "100%" } }],
    ["rtsp://@cam/s", { credentials: { username: "", password: "" } }],
  ])("is taken apart: %s", (text, expected) => {
    expect(parseRtspUrl(text)).toEqual({ ...PLAIN, ...expected });
  });

  it.each([
    "http://cam/s",
    "rtsp:/cam/s",
    "cam/s",
    "",
    "rtsp://cam:port/s",
    "rtsp://a:b:1/s",
    "rtsp://[::1/s",
    "rtsp://fe80::1/s",
  ])("is refused: %j", (text) => {
    expect(() => parseRtspUrl(text)).toThrow(expect.objectContaining({ code: "invalid-url" }));
  });

  it("is refused for a port that there is not, and names no password", () => {
    expect(() => parseRtspUrl("rtsp://u:secret@cam:65536/s")).toThrow(/port 65536 is not allowed/);
    expect(() => parseRtspUrl("rtsp://u:secret@cam:65536/s")).not.toThrow(/secret/);
  });

  it.each([
    ["rtsp://u:p@cam:8554/s?a=1&b#part", "rtsp://cam:8554/s?a=1&b"],
    ["RTSPS://[FE80::1]/s", "rtsps://[FE80::1]/s"],
    ["rtsp://cam", "rtsp://cam"],
  ])("goes over the wire without credentials: %s", (text, expected) => {
    expect(formatRtspUrl(parseRtspUrl(text))).toBe(expected);
  });

  it.each([
    ["rtsp://cam/s", 554],
    ["rtsps://cam/s", 322],
    ["rtsps://cam:8554/s", 8_554],
  ])("has a port: %s", (text, port) => {
    expect(rtspPort(parseRtspUrl(text))).toBe(port);
  });

  it("keeps any credentials that are escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (username, password) => {
        const text = `rtsp://${encodeURIComponent(username)}:${encodeURIComponent(password)}@cam/s`;
        expect(parseRtspUrl(text).credentials).toEqual({ username, password });
      }),
    );
  });

  it("throws nothing but StreamError, whatever it is; what it gives can be parsed again", () => {
    const word = fc.constantFrom("rtsp://", "@", ":", "/", "?", "#", "[", "]", "&", "%", "cam", "8554", "\n", " ");
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 20 }).map((words) => `rtsp://${words.join("")}`),
    );
    fc.assert(
      fc.property(text, (hostile) => {
        try {
          const url = parseRtspUrl(hostile);
          expect(parseRtspUrl(formatRtspUrl(url))).toEqual({ ...url, credentials: undefined });
        } catch (error) {
          expect(error).toBeInstanceOf(StreamError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
