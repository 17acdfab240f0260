import { describe, expect, it } from "vitest";
import { StatusTexts } from "../../../server/telemetry/status-texts.js";

const LONG = "x".repeat(50);
const whole = (text: string, atMs = 1) => ({ severity: 4, text, id: 0, chunk: 0, atMs });
const part = (chunk: number, text: string, { id = 9, atMs = 1 } = {}) => ({ severity: 6, text, id, chunk, atMs });

function latest(...texts: Parameters<StatusTexts["add"]>[0][]) {
  const all = new StatusTexts();
  for (const text of texts) all.add(text);
  return all.latest;
}

describe("the vehicle's last text", () => {
  it("is null before the first", () => {
    expect(latest()).toBeNull();
  });

  it("is the newest", () => {
    expect(latest(whole("PreArm: Compass"), whole("Arming motors ", 7))).toEqual({
      ...{ severity: "WARNING", text: "Arming motors", atMs: 7 },
    });
  });

  it("is put together from its chunks, and of the time of the first", () => {
    const chunks = [part(0, LONG), part(1, LONG, { atMs: 2 }), part(2, " end", { atMs: 3 })];
    expect(latest(...chunks)).toEqual({ severity: "INFO", text: `${LONG}${LONG} end`, atMs: 1 });
  });

  it("is whole though its chunks come out of order and twice", () => {
    expect(latest(part(1, "b"), part(0, "a"), part(1, "b"), part(2, "c"))?.text).toBe("abc");
  });

  it("shows where a chunk is missing", () => {
    expect(latest(part(0, "a"), part(2, "c"))?.text).toBe("a…c");
  });

  it("begins anew with another id, with a text that is whole, and with other words in the same place", () => {
    expect(latest(part(0, "a"), part(0, "b", { id: 10 }))?.text).toBe("b");
    expect(latest(part(0, "a"), whole("b"), part(1, "c"))?.text).toBe("…c");
    expect(latest(part(0, "a"), part(1, "b"), part(0, "c"))?.text).toBe("c");
  });

  it("has a bound", () => {
    const chunks = Array.from({ length: 256 }, (_, chunk) => part(chunk, LONG));
    expect(latest(...chunks)?.text).toHaveLength(20 * 50);
  });
});
