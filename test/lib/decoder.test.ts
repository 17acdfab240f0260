import { describe, expect, it } from "vitest";
import { systemClock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { DecodedPicture } from "../../lib/ffmpeg/decoder-process.js";
import type { PictureOptions } from "../../lib/ffmpeg/picture-options.js";
import { frameBytes } from "../../lib/frame.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { DecoderBench } from "../support/decoder-bench.js";
import { fixturePath } from "../support/fixture-path.js";
import { isRunning } from "../support/is-running.js";
import { makeStream } from "../support/make-stream.js";
import { makeVp8 } from "../support/make-vp8.js";
import { unitsOf } from "../support/units-of.js";

const SMALL = { codec: "h264", width: 320, height: 240, fps: 30, frames: 20, gop: 10 } as const;

/** Another size, which is no multiple of 16. */
const LARGER = { ...SMALL, width: 322, height: 242 } as const;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("Decoder", () => {
  it.each(["h264", "h265"] as const)("gives every picture of %s, each for its own access unit", async (codec) => {
    const units = unitsOf(await makeStream({ ...SMALL, codec }), codec);
    const bench = new DecoderBench();
    expect(await bench.numbers(units)).toEqual(upTo(20));
    expect(bench.pictures.map((picture) => picture.unit)).toEqual(units);
    expect(bench.parameters).toEqual([expect.objectContaining({ codec, width: 320, height: 240, reorders: false })]);
  });

  it("gives every picture of VP8 without waiting for the next one, each for its own access unit", async () => {
    const units = (await makeVp8(SMALL)).map((unit, index) => ({ ...unit, receivedAtMs: 50_000 + index * 33 }));
    const bench = new DecoderBench();
    for (const [index, unit] of units.entries()) {
      bench.decoder.decode(unit);
      await bench.until(() => bench.pictures.length > index);
    }
    expect(bench.pictures.map(({ unit }) => unit)).toEqual(units);
    expect(bench.pictures.map(({ data }) => readFrameCounter(data, SMALL.width, SMALL.height))).toEqual(upTo(20));
    expect(bench.parameters).toEqual([{ codec: "vp8", width: 320, height: 240, reorders: false, codecString: "vp8" }]);
  });

  it("gives a picture without waiting for the next one", async () => {
    const units = unitsOf(await makeStream(SMALL), "h264");
    const bench = new DecoderBench();
    for (const [index, unit] of units.entries()) {
      bench.decoder.decode(unit);
      await bench.until(() => bench.pictures.length > index);
    }
    expect(bench.pictures).toHaveLength(20);
    expect(bench.decoder.pendingUnits).toBe(0);
  });

  it("shows streams with B-frames in display order", async () => {
    const units = unitsOf(await makeStream({ ...SMALL, bFrames: 2 }), "h264");
    const bench = new DecoderBench();
    // The last pictures stay in the decoder until it knows that no other goes before them.
    const numbers = await bench.numbers(units, 16);
    expect(numbers.slice(0, 16)).toEqual(upTo(16));
  });

  it.each([
    ["rgb24", 3],
    ["bgr24", 3],
    ["rgba", 4],
    ["gray", 1],
    ["yuv420p", 1],
    ["nv12", 1],
  ] as const)("gives %s without padding", async (pixelFormat, channels) => {
    const bench = new DecoderBench({ picture: { pixelFormat } });
    await bench.numbers(unitsOf(await makeStream(LARGER), "h264"));
    expect(bench.pictures.map(({ data, width, height }) => [width, height, data.length])).toEqual(
      upTo(20).map(() => [322, 242, frameBytes(pixelFormat, 322, 242)]),
    );
    expect(bench.pictures.map(({ data }) => readFrameCounter(data, 322, 242, channels))).toEqual(upTo(20));
  });

  it("scales, so that fewer bytes cross the pipe", async () => {
    const bench = new DecoderBench({ picture: { size: { width: 160, height: 120 } } });
    expect(await bench.numbers(unitsOf(await makeStream(SMALL), "h264"))).toEqual(upTo(20));
    expect(bench.pictures[0]?.data.length).toBe(160 * 120 * 3);
  });

  it("crops to just the part asked for, and rotates by 90, 180 and 270 degrees clockwise", async () => {
    const first = unitsOf(await makeStream(SMALL), "h264").slice(0, 1);
    const decode = async (picture: Partial<PictureOptions>): Promise<DecodedPicture> => {
      const bench = new DecoderBench({ picture: { pixelFormat: "gray", ...picture } });
      await bench.numbers(first);
      return bench.pictures[0] as DecodedPicture;
    };
    const whole = (await decode({})).data;
    const part = (await decode({ crop: { x: 40, y: 60, width: 100, height: 50 } })).data;
    expect(part).toHaveLength(100 * 50);
    for (const y of [0, 24, 49]) {
      const row = whole.subarray((60 + y) * 320 + 40, (60 + y) * 320 + 140);
      expect(part.subarray(y * 100, (y + 1) * 100)).toEqual(row);
    }
    const turns = [
      [90, 240, 320, (x: number, y: number) => [y, 239 - x]],
      [180, 320, 240, (x: number, y: number) => [319 - x, 239 - y]],
      [270, 240, 320, (x: number, y: number) => [319 - y, x]],
    ] as const;
    for (const [rotate, width, height, origin] of turns) {
      const turned = await decode({ rotate });
      expect(turned).toMatchObject({ width, height });
      for (const [x, y] of [
        [0, 0],
        [17, 101],
        [width - 1, height - 1],
      ] as const) {
        const [fromX, fromY] = origin(x, y) as [number, number];
        expect(turned.data[y * width + x], `${rotate}: ${x},${y}`).toBe(whole[fromY * 320 + fromX]);
      }
    }
  });

  it("picks pictures evenly for maxFps", async () => {
    const bench = new DecoderBench({ picture: { maxFps: 10 } });
    const units = unitsOf(await makeStream(SMALL), "h264");
    const paced = units.map((unit, i) => ({ ...unit, receivedAtMs: 1_010 + (i * 1000) / 30 }));
    expect(await bench.numbers(paced, 7)).toEqual([0, 3, 6, 9, 12, 15, 18]);
  });

  it("follows a change of size at the keyframe, in order", async () => {
    const [small, large] = await Promise.all([makeStream(SMALL), makeStream(LARGER)]);
    const bench = new DecoderBench();
    const units = [...unitsOf(small, "h264"), ...unitsOf(large, "h264")];
    expect(await bench.numbers(units.slice(0, 20))).toEqual(upTo(20));
    expect(await bench.numbers(units.slice(20), 40)).toEqual([...upTo(20), ...upTo(20)]);
    expect(bench.pictures.map((picture) => picture.width)).toEqual([
      ...upTo(20).map(() => 320),
      ...upTo(20).map(() => 322),
    ]);
  });

  it("follows a change of codec", async () => {
    const [h264, h265] = await Promise.all([makeStream(SMALL), makeStream({ ...SMALL, codec: "h265" })]);
    const bench = new DecoderBench();
    await bench.numbers(unitsOf(h264, "h264"));
    expect(await bench.numbers(unitsOf(h265, "h265"), 40)).toEqual([...upTo(20), ...upTo(20)]);
  });

  it("waits for a keyframe and counts what it passes over", async () => {
    const units = unitsOf(await makeStream(SMALL), "h264");
    const bench = new DecoderBench();
    expect(await bench.numbers(units.slice(4), 10)).toEqual(upTo(10).map((i) => i + 10));
    expect(bench.dropped).toBe(6);
  });

  it("uses a child that was started beforehand", async () => {
    const bench = new DecoderBench();
    bench.decoder.start();
    const units = unitsOf(await makeStream(SMALL), "h264");
    await bench.numbers(units);
    const { pid } = bench.decoder;
    bench.decoder.start();
    expect(bench.decoder.pid).toBe(pid);
  });

  it("reads timestamps from stderr where a child inherits no pipes", async () => {
    const { DecoderProcess } = await import("../../lib/ffmpeg/decoder-process.js");
    const units = unitsOf(await makeStream(SMALL), "h264");
    const pictures: DecodedPicture[] = [];
    const child = await DecoderProcess.start({
      ...{ ffmpegPath: "ffmpeg", codec: "h264", hwaccel: "none", clock: systemClock, inheritsPipes: false },
      picture: { pixelFormat: "rgb24", rotate: 0 },
      onPicture: (picture) => pictures.push(picture),
    });
    for (const unit of units) child.decode(unit, { size: { width: 320, height: 240 }, reorders: false });
    child.end();
    expect(await child.exited).toBeUndefined();
    expect(pictures.map((picture) => picture.unit)).toEqual(units);
    expect(pictures.map(({ data }) => readFrameCounter(data, 320, 240))).toEqual(upTo(20));
  });
});

describe("Decoder in trouble", () => {
  it("falls back to software when a named accelerator does not work, and says so", async () => {
    const bench = new DecoderBench({ hwaccel: "nosuchthing" });
    for (const unit of unitsOf(await makeStream(SMALL), "h264")) bench.decoder.decode(unit);
    await bench.until(() => bench.failures.length > 0);
    expect(bench.failures[0]?.message).toMatch(
      /^hardware decoding with nosuchthing does not work here, decoding in software/,
    );
    bench.decoder.start();
    expect(await bench.numbers(unitsOf(await makeStream(SMALL), "h264"))).toEqual(upTo(20));
  });

  it("decodes with hwaccel auto on a machine without any", async () => {
    const bench = new DecoderBench({ hwaccel: "auto" });
    expect(await bench.numbers(unitsOf(await makeStream(SMALL), "h264"))).toEqual(upTo(20));
  });

  it("tells that its child died, and starts the next", async () => {
    const units = unitsOf(await makeStream(SMALL), "h264");
    const bench = new DecoderBench();
    await bench.numbers(units);
    process.kill(bench.decoder.pid as number, "SIGKILL");
    await bench.until(() => bench.failures.length > 0);
    expect(bench.failures[0]).toMatchObject({
      code: "decoder-failed",
      message: expect.stringContaining("ended by SIGKILL"),
    });
    bench.decoder.start();
    expect(await bench.numbers(units, 40)).toEqual([...upTo(20), ...upTo(20)]);
  });

  it("tells that there is no ffmpeg", async () => {
    const bench = new DecoderBench({ ffmpegPath: "/nowhere/ffmpeg" });
    bench.decoder.start();
    await bench.until(() => bench.failures.length > 0);
    expect(bench.failures[0]?.message).toContain("/nowhere/ffmpeg could not be started");
  });

  it("measures how long a child owes a picture, and ends it when it is stopped", async () => {
    const units = unitsOf(await makeStream(SMALL), "h264");
    const bench = new DecoderBench();
    await bench.numbers(units);
    expect(bench.decoder.silentMs).toBe(0);
    const pid = bench.decoder.pid as number;
    process.kill(pid, "SIGSTOP");
    for (const unit of units) bench.decoder.decode(unit);
    await expect.poll(() => bench.decoder.silentMs).toBeGreaterThan(20);
    bench.decoder.stop();
    await bench.decoder.close();
    expect(isRunning(pid)).toBe(false);
  });

  it("bounds what waits in front of a child that takes nothing", async () => {
    const bench = new DecoderBench({ ffmpegPath: fixturePath("ffmpeg-stand-in") });
    const keyframe = unitsOf(await makeStream(SMALL), "h264")[0] as AccessUnit;
    const large = { ...keyframe, data: Buffer.concat([keyframe.data, Buffer.alloc(1024 * 1024)]) };
    for (let i = 0; i < 100; i++) bench.decoder.decode(large);
    expect(bench.dropped).toBeGreaterThan(90);
  });

  it("survives garbage, and decodes what follows", async () => {
    const units = unitsOf(await makeStream(SMALL), "h264");
    const bench = new DecoderBench();
    await bench.numbers(units.slice(0, 10));
    const head = Buffer.from([0, 0, 0, 1, 0x65]);
    bench.decoder.decode({ ...(units[0] as AccessUnit), data: Buffer.concat([head, Buffer.alloc(5_000, 0xa5)]) });
    for (const unit of units.slice(10)) bench.decoder.decode(unit);
    await bench.until(() => bench.pictures.at(-1)?.unit === units.at(-1));
    const { data, width, height } = bench.pictures.at(-1) as DecodedPicture;
    expect(readFrameCounter(data, width, height)).toBe(19);
  });
});
