import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSession } from "../../../lib/rtsp/client-session.js";

const KNOWN = { id: "known", timeoutMs: 5_000 };

describe("a Session header", () => {
  it.each<[string, string, number]>([
    ["a.iILyEwuhOdoPCC", "a.iILyEwuhOdoPCC", 60_000],
    ["12345678;timeout=30", "12345678", 30_000],
    ["12345678; Timeout = 30 ", "12345678", 30_000],
    ['12345678;timeout="30"', "12345678", 30_000],
    ["12345678;x=1;timeout=30;y", "12345678", 30_000],
    ["12345678;timeout=0", "12345678", 60_000],
    ["12345678;timeout=-1", "12345678", 60_000],
    ["12345678;timeout=soon", "12345678", 60_000],
    ["12345678;timeout=", "12345678", 60_000],
    ["12345678;timeout=999999999", "12345678", 86_400_000],
    ["known", "known", 5_000],
    ["known;timeout=7", "known", 7_000],
    ["other", "other", 60_000],
  ])("is read: %s", (header, id, timeoutMs) => {
    expect(readSession(header, KNOWN)).toEqual({ id, timeoutMs });
  });

  it.each([undefined, "", " ", ";timeout=30"])("that names none changes nothing: %j", (header) => {
    expect(readSession(header, KNOWN)).toBe(KNOWN);
    expect(readSession(header, undefined)).toBeUndefined();
  });

  it("gives a timeout of a second to a day, whatever it is", () => {
    const header = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `1;timeout=${rest}`),
    );
    fc.assert(
      fc.property(header, (text) => {
        const { timeoutMs } = readSession(text, KNOWN) ?? KNOWN;
        expect(timeoutMs >= 1_000 && timeoutMs <= 86_400_000).toBe(true);
      }),
    );
  });
});
