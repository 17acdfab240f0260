import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { silentLogger } from "../../../lib/logger.js";
import { readJpegScan } from "../../../lib/rtp/jpeg-scan.js";
import { readFrameCounter } from "../../../server/cameras/frame-counter.js";
import { openCamera } from "../../../server/cameras/index.js";
import { context, decodeCounters, decodePictures, takeUnits, upTo } from "./support.js";

const SMALL = { width: 320, height: 240 };

describe("pattern camera", () => {
  it.each(["h264", "h265", "mjpeg"] as const)("gives whole %s pictures that count from 0", async (codec) => {
    const camera = openCamera({ kind: "pattern", width: 320, height: 240, codec }, context);
    const taken = await takeUnits(camera, 12);
    expect(taken.map(({ unit }) => unit.codec)).toEqual(upTo(12).map(() => codec));
    expect(decodeCounters(taken.map(({ unit }) => unit))).toEqual(upTo(12));
    // JPEGs are such that RTP carries them: 4:2:0 with the standard Huffman tables.
    for (const { unit } of codec === "mjpeg" ? taken : []) {
      expect(readJpegScan(unit.data).head).toMatchObject({ type: 1, width: 320, height: 240, restartInterval: 0 });
    }
  });

  it("puts a keyframe with its parameter sets at every gop pictures, at the rate that was asked for", async () => {
    const camera = openCamera({ kind: "pattern", width: 320, height: 240, fps: 50, gop: 5 }, context);
    const taken = await takeUnits(camera, 26);
    expect(taken.flatMap(({ unit }, index) => (unit.keyframe ? [index] : []))).toEqual([0, 5, 10, 15, 20, 25]);
    expect(decodeCounters(taken.slice(10, 16).map(({ unit }) => unit))).toEqual([10, 11, 12, 13, 14, 15]);
    const spanMs = Number((taken.at(-1)?.atUs ?? 0n) - (taken[0]?.atUs ?? 0n)) / 1000;
    expect(spanMs).toBeGreaterThan(400);
    expect((taken.at(-1)?.unit.mediaTimeMs ?? 0) - (taken[0]?.unit.mediaTimeMs ?? 0)).toBeCloseTo(500, 0);
  });

  it("keeps the counter readable at 1080p and 2 Mbit/s, also scaled down to 160x120", async () => {
    const camera = openCamera({ kind: "pattern", width: 1920, height: 1080, gop: 6 }, context);
    const units = (await takeUnits(camera, 12)).map(({ unit }) => unit);
    expect(decodeCounters(units, { width: 1920, height: 1080 })).toEqual(upTo(12));
    expect(decodeCounters(units, { width: 160, height: 120 })).toEqual(upTo(12));
  });

  it("shows the picture without a clock where no font is found", async () => {
    const folder = mkdtempSync(join(tmpdir(), "no-fonts-"));
    writeFileSync(join(folder, "fonts.conf"), "<fontconfig></fontconfig>");
    vi.stubEnv("FONTCONFIG_FILE", join(folder, "fonts.conf"));
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_details: object, message: string) => void warnings.push(message) };
    const camera = openCamera({ kind: "pattern", width: 320, height: 240 }, { ...context, logger });
    const taken = await takeUnits(camera, 3);
    expect(decodeCounters(taken.map(({ unit }) => unit))).toEqual([0, 1, 2]);
    expect(warnings).toEqual(["ffmpeg finds no font: the test pattern shows no clock"]);
  });

  it("shows a label, which changes nothing at the counter", async () => {
    const camera = (label: string) => openCamera({ kind: "pattern", width: 320, height: 240, label }, context);
    const [left, right] = await Promise.all(["left", "right"].map((label) => takeUnits(camera(label), 1)));
    const pictures = [left, right].map((taken = []) => decodePictures([taken[0]?.unit as AccessUnit], SMALL)[0]);
    const rows = pictures.map((pixels = Buffer.alloc(0)) => pixels.subarray(320 * 3 * 130, 320 * 3 * 185));
    expect(rows[0]?.equals(rows[1] as Buffer)).toBe(false);
    expect(pictures.map((pixels) => readFrameCounter(pixels as Buffer, 320, 240))).toEqual([0, 0]);
  });

  it("says so when there is no such ffmpeg", async () => {
    const camera = openCamera({ kind: "pattern" }, { ...context, ffmpegPath: async () => "/nowhere/ffmpeg" });
    await expect(takeUnits(camera, 1)).rejects.toMatchObject({ code: "process-failed" });
  });
});
