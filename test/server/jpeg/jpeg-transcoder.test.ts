import { buffer } from "node:stream/consumers";
import { describe, expect, it, vi } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { jpegSize } from "../../../lib/codecs/jpeg.js";
import type { MjpegRouteOptions } from "../../../server/web/mjpeg-route.js";
import type { WebCamera } from "../../../server/web/web-camera.js";
import { FakeClock } from "../../support/fake-clock.js";
import { fixturePath } from "../../support/fixture-path.js";
import { isRunning } from "../../support/is-running.js";
import { type MakeStreamOptions, makeStream } from "../../support/make-stream.js";
import { makeVp8 } from "../../support/make-vp8.js";
import { unitsOf } from "../../support/units-of.js";
import { makeUnits } from "../support/make-units.js";
import { CountedFfmpeg } from "../web/support/counted-ffmpeg.js";
import { jpegNumbers } from "../web/support/jpeg-numbers.js";
import type { MjpegPart } from "../web/support/mjpeg-reader.js";
import { MjpegStage } from "../web/support/mjpeg-stage.js";

const SIZE = { width: 320, height: 240 };
const SOON = { timeout: 10_000 };

/** A camera behind a route whose encoder is counted. */
class Stage implements AsyncDisposable {
  readonly clock = new FakeClock();
  ffmpeg!: CountedFfmpeg;
  web!: MjpegStage;
  camera!: WebCamera;

  static async set(program?: string, options: Partial<MjpegRouteOptions> = {}): Promise<Stage> {
    const stage = new Stage();
    stage.ffmpeg = await CountedFfmpeg.make(program);
    stage.web = await MjpegStage.set(stage.clock, { ffmpegPath: stage.ffmpeg.path, ...options });
    stage.camera = stage.web.camera();
    return stage;
  }

  publish(units: readonly AccessUnit[]): void {
    for (const unit of units) this.camera.unit(unit);
  }

  /** Resolves when so many encoders have been started in all; gives the last one's process id. */
  async started(count: number): Promise<number> {
    await expect.poll(async () => (await this.ffmpeg.pids()).length, SOON).toBe(count);
    return (await this.ffmpeg.pids()).at(-1) as number;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.web[Symbol.asyncDispose]();
    await this.ffmpeg[Symbol.asyncDispose]();
  }
}

/** Numbered pictures, 40 ms apart. */
async function numbered(options: Partial<MakeStreamOptions> = {}): Promise<AccessUnit[]> {
  const wanted = { codec: "h264" as const, ...SIZE, fps: 25, frames: 40, gop: 30, ...options };
  const units = unitsOf(await makeStream(wanted), wanted.codec);
  return units.map((unit, index) => ({ ...unit, receivedAtMs: 1_000 + index * 40 }));
}

function numbersOf(parts: readonly MjpegPart[]): Promise<(number | undefined)[]> {
  return jpegNumbers(
    parts.map(({ data }) => data),
    SIZE,
  );
}

/** From one number to another, both included. */
function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe("/stream.mjpg of a camera that makes no JPEGs", () => {
  it("shows VP8 too", async () => {
    await using stage = await Stage.set();
    const units = await makeVp8({ ...SIZE, fps: 25, frames: 12, gop: 10 });
    stage.publish(units.slice(0, 5).map((unit, index) => ({ ...unit, receivedAtMs: 1_000 + index * 40 })));
    using viewer = await stage.web.watch();
    await viewer.arrived(1);
    stage.publish(units.slice(5).map((unit, index) => ({ ...unit, receivedAtMs: 1_200 + index * 40 })));
    expect(await numbersOf(await viewer.arrived(8))).toEqual(range(4, 11));
  });

  it("begins with the newest picture and gives each that follows, with its own time, from one ffmpeg for all", async () => {
    await using stage = await Stage.set();
    const units = await numbered();
    stage.publish(units.slice(0, 20));
    using one = await stage.web.watch();
    using two = await stage.web.watch();
    await two.arrived(1);
    stage.publish(units.slice(20));
    const parts = await one.arrived(21);
    await two.arrived(21);
    expect(await numbersOf(parts)).toEqual(range(19, 39));
    const times = parts.map(({ headers }) => Number(headers["X-Timestamp"]) * 1_000 - 1_700_000_000_000);
    expect(times.map(Math.round)).toEqual(units.slice(19).map(({ receivedAtMs }) => receivedAtMs));
    expect(two.parts.slice(1).map(({ data }) => data)).toEqual(parts.slice(1).map(({ data }) => data));
    expect(await buffer(await stage.web.ask("/snapshot.jpg"))).toEqual(parts.at(-1)?.data);
    const pid = await stage.started(1);
    one[Symbol.dispose]();
    two[Symbol.dispose]();
    await expect.poll(() => stage.camera.viewers).toBe(0);
    stage.clock.advance(2_999);
    expect(isRunning(pid)).toBe(true);
    stage.clock.advance(1);
    await expect.poll(() => isRunning(pid), SOON).toBe(false);
  });

  it("goes on when ffmpeg dies", async () => {
    await using stage = await Stage.set();
    const units = await numbered();
    stage.publish(units.slice(0, 10));
    using reader = await stage.web.watch();
    await reader.arrived(1);
    process.kill(await stage.started(1), "SIGKILL");
    await stage.started(2);
    await reader.arrived(2);
    stage.publish(units.slice(10, 20));
    expect(await numbersOf(await reader.arrived(12))).toEqual([9, ...range(9, 19)]);
    expect(stage.web.logger.lines).toEqual([expect.stringMatching(/^warn making JPEGs: .*SIGKILL.*again$/)]);
  });

  it("leaves out all to the next keyframe when ffmpeg is late, and starts one anew that is stopped", async () => {
    await using stage = await Stage.set();
    const units = await numbered({ gop: 10 });
    stage.publish(units.slice(0, 1));
    using reader = await stage.web.watch();
    const pid = await stage.started(1);
    process.kill(pid, "SIGSTOP");
    stage.publish(units.slice(1, 2));
    stage.clock.advance(501);
    stage.publish(units.slice(2, 5));
    expect(stage.camera.droppedUnits).toBe(3);
    process.kill(pid, "SIGCONT");
    await reader.arrived(2);
    stage.publish(units.slice(5, 12));
    expect(await numbersOf(await reader.arrived(4))).toEqual([0, 1, 10, 11]);
    process.kill(pid, "SIGSTOP");
    stage.publish(units.slice(12, 13));
    stage.clock.advance(5_001);
    stage.publish(units.slice(13, 14));
    await stage.started(2);
    expect(await numbersOf(await reader.arrived(5))).toEqual([0, 1, 10, 11, 13]);
    expect(isRunning(pid)).toBe(false);
  });

  it("follows a camera that changes its size, and one that begins to make JPEGs", async () => {
    await using stage = await Stage.set();
    stage.publish((await numbered()).slice(0, 5));
    using reader = await stage.web.watch();
    await reader.arrived(1);
    stage.publish((await numbered({ width: 640, height: 480, frames: 4 })).slice(0, 1));
    expect((await reader.arrived(2)).map(({ data }) => jpegSize(data))).toEqual([SIZE, { width: 640, height: 480 }]);
    const second = await stage.started(2);
    const jpegs = makeUnits({ count: 2, codec: "mjpeg" });
    stage.publish(jpegs);
    expect((await reader.arrived(4)).slice(2).map(({ data }) => data)).toEqual(jpegs.map(({ data }) => data));
    await expect.poll(() => isRunning(second), SOON).toBe(false);
  });

  it("shows H.265 in the order of display", async () => {
    await using stage = await Stage.set();
    const units = await numbered({ codec: "h265", bFrames: 2, frames: 40, gop: 40 });
    stage.publish(units.slice(0, 10));
    const watching = stage.web.watch();
    await stage.started(1);
    stage.publish(units.slice(10));
    using reader = await watching;
    const numbers = await numbersOf(await reader.arrived(20));
    // On a busy machine some come out before the viewer is there.
    const first = numbers[0] ?? 0;
    expect([first >= 9, numbers]).toEqual([true, range(first, first + 19)]);
  });

  it("makes smaller files of lower quality", async () => {
    const [keyframe] = await numbered();
    const bytes = await Promise.all(
      [10, 80, 100].map(async (jpegQuality) => {
        await using stage = await Stage.set("ffmpeg", { jpegQuality });
        stage.publish([keyframe as AccessUnit]);
        return (await buffer(await stage.web.ask("/snapshot.jpg"))).length;
      }),
    );
    const [low = 0, usual = 0, high = 0] = bytes;
    expect(low * 1.5).toBeLessThan(usual);
    expect(usual * 1.5).toBeLessThan(high);
  });

  it("says so where there is no ffmpeg", async () => {
    await using stage = await Stage.set("ffmpeg", { ffmpegPath: "/nowhere/ffmpeg" });
    stage.publish((await numbered()).slice(0, 5));
    const missing = "no ffmpeg at /nowhere/ffmpeg; install it with: ";
    const [status, message] = await stage.web.told("/stream.mjpg");
    expect([status, message]).toEqual([503, expect.stringContaining(missing)]);
    expect(await stage.web.told("/snapshot.jpg")).toEqual([503, expect.stringContaining(missing)]);
    expect(stage.web.logger.lines).toEqual([expect.stringContaining(`error cannot make JPEGs: ${missing}`)]);
  });

  it("starts an ffmpeg anew that hangs, later each time, and keeps no more than 8 MB for it", async () => {
    vi.stubEnv("STAND_IN_FAULT", "hang");
    await using stage = await Stage.set(fixturePath("ffmpeg-stand-in"));
    using reader = await stage.web.watch();
    stage.publish(makeUnits({ count: 20, bytes: 1024 * 1024 }));
    await stage.started(1);
    expect(stage.camera.droppedUnits).toBeGreaterThan(5);
    stage.clock.advance(10_001);
    stage.publish(makeUnits({ count: 1 }));
    await stage.started(2);
    for (const passedMs of [1, 15_000, 5_001]) {
      stage.clock.advance(passedMs);
      stage.publish(makeUnits({ count: 1 }));
    }
    await stage.started(3);
    const stalled = [10_000, 20_000].map(
      (ms) => `warn making JPEGs: ffmpeg made no JPEG for ${ms} ms; starting it again`,
    );
    expect(stage.web.logger.lines).toEqual(stalled);
    expect(reader.parts).toEqual([]);
  });
});
