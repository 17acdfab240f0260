import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { GopCache } from "../../lib/gop-cache.js";

const MIB = 1024 * 1024;
const unit = (keyframe: boolean, bytes = 10): AccessUnit => ({
  codec: "h264",
  data: Buffer.alloc(bytes),
  keyframe,
  receivedAtMs: 0,
});

function filled(...units: AccessUnit[]): GopCache {
  const cache = new GopCache();
  for (const one of units) cache.add(one);
  return cache;
}

describe("GopCache", () => {
  it("holds the last keyframe and what followed it, in order", () => {
    const [older, key, first, second] = [unit(true), unit(true), unit(false), unit(false)];
    expect(filled(older, unit(false), key, first, second).units()).toEqual([key, first, second]);
  });

  it("passes over what precedes the first keyframe", () => {
    expect(filled(unit(false), unit(false)).units()).toEqual([]);
  });

  it("counts its bytes", () => {
    expect(filled(unit(true, 100), unit(false, 30)).bytes).toBe(130);
  });

  it("holds 16 MiB, and is emptied by one byte more until the next keyframe", () => {
    const cache = filled(unit(true, 10 * MIB), unit(false, 6 * MIB));
    expect(cache.units()).toHaveLength(2);
    cache.add(unit(false, 1));
    cache.add(unit(false, 1));
    expect(cache.units()).toEqual([]);
    expect(cache.bytes).toBe(0);
    cache.add(unit(true));
    expect(cache.units()).toHaveLength(1);
  });

  it("holds 600 units, and is emptied by one more", () => {
    const cache = filled(unit(true), ...Array.from({ length: 599 }, () => unit(false)));
    expect(cache.units()).toHaveLength(600);
    cache.add(unit(false));
    expect(cache.units()).toEqual([]);
  });

  it("leaves alone what it gave out before", () => {
    const cache = filled(unit(true), unit(false));
    const given = cache.units();
    cache.add(unit(true));
    expect(given).toHaveLength(2);
  });
});
