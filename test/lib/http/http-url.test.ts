import { describe, expect, it } from "vitest";
import { parseHttpUrl, redirectedHttpUrl, withoutInsecure } from "../../../lib/http/http-url.js";

const read = (text: string) => {
  const { url, ...rest } = parseHttpUrl(text);
  return { asked: url.href, ...rest };
};

describe("the URL of a camera", () => {
  it.each([
    ["http://me:p%40ss@cam/a?user=x&insecure=1#top", "http://cam/a?user=x&insecure=1", "p@ss", false],
    ["http://me:p@s:s@[::1]:81/", "http://[::1]:81/", "p@s:s", false],
    ["https://me:100%@cam/?a=1&insecure=1&b", "https://cam/?a=1&b", "100%", true],
    ["https://me:x@cam/?insecure", "https://cam/", "x", true],
    ["https://me:x@cam/?insecure=0", "https://cam/", "x", false],
  ])("%s is taken apart", (text, asked, password, insecure) => {
    expect(read(text)).toEqual({ asked, insecure, credentials: { username: "me", password } });
  });

  it.each([
    ["http://", "must look like"],
    ["http://host:99999/", "must look like"],
    ["https://me:hunter2@host/?insecure=yes", "insecure=yes is not allowed"],
    ["https://host/?insecure=1&insecure=0", '"insecure" is given twice'],
  ])("%s is refused", (text, problem) => {
    expect(() => parseHttpUrl(text)).toThrow(
      expect.objectContaining({ code: "invalid-url", message: expect.stringContaining(problem) }),
    );
    expect(() => parseHttpUrl(text)).not.toThrow(/hunter2/);
  });

  it("stays as it is for others, but for what is ours", () => {
    expect(withoutInsecure("https://me:x@h/a b|c?x=%41&insecure=1&#f")).toBe("https://me:x@h/a b|c?x=%41&#f");
    expect(withoutInsecure("https://h/?a&")).toBe("https://h/?a&");
    expect(withoutInsecure("http://h/?insecure=1")).toBe("http://h/?insecure=1");
  });
});

describe("a redirect", () => {
  const from = parseHttpUrl("https://me:secret@cam:444/a/b?c=1&insecure=1");

  it.each([
    ["d", "https://cam:444/a/d", true],
    ["//cam/x", "https://cam/x", true],
    ["http://cam/x", "http://cam/x", false],
    ["https://elsewhere/x", "https://elsewhere/x", false],
  ])("to %s keeps the password only where it belongs", (location, asked, keeps) => {
    const { url, credentials, insecure } = redirectedHttpUrl(from, location);
    expect(url.href).toBe(asked);
    expect(insecure).toBe(true);
    expect(credentials).toEqual(keeps ? { username: "me", password: "secret" } : undefined);
  });

  it("may bring credentials of its own", () => {
    const { url, credentials } = redirectedHttpUrl(from, "http://you:other@elsewhere/");
    expect([url.href, credentials?.password]).toEqual(["http://elsewhere/", "other"]);
  });

  it("of any length is not followed", () => {
    const far = `/${"x".repeat(3_000)}`;
    expect(() => redirectedHttpUrl(from, far)).toThrow(
      expect.objectContaining({
        code: "connect-failed",
        message: expect.stringContaining("3016 characters, of which"),
      }),
    );
    expect(() => redirectedHttpUrl(from, far)).not.toThrow(/x{300}/);
  });

  it.each(["rtsp://cam/live", "file:///etc/passwd", "http://:x:"])("to %s is refused", (location) => {
    expect(() => redirectedHttpUrl(from, location)).toThrow(
      expect.objectContaining({ code: "connect-failed", message: expect.stringContaining("no HTTP URL") }),
    );
  });
});
