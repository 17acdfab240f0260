import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { UnsentBytes } from "../../../server/outputs/unsent-bytes.js";
import type { WebCamera } from "../../../server/web/web-camera.js";
import { FakeClock } from "../../support/fake-clock.js";
import { makeUnits } from "../support/make-units.js";
import type { MjpegReader } from "./support/mjpeg-reader.js";
import { MjpegStage } from "./support/mjpeg-stage.js";

const PICTURE_BYTES = 128 * 1024;
const INTERVAL_MS = 40;
const PICTURES = 200;

/** A camera with a viewer that never lags, which paces the others. */
class Stage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly published: AccessUnit[] = [];
  web!: MjpegStage;
  camera!: WebCamera;
  fast!: MjpegReader;

  static async set(): Promise<Stage> {
    const stage = new Stage();
    stage.web = await MjpegStage.set(stage.clock);
    stage.camera = stage.web.camera();
    stage.fast = await stage.web.watch();
    return stage;
  }

  /** Publishes at 25 pictures a second of the fake clock, each read by the fast viewer before the next. */
  async publish(count: number): Promise<void> {
    const units = makeUnits({ count, codec: "mjpeg", bytes: PICTURE_BYTES, from: this.published.length });
    for (const unit of units) {
      this.camera.unit({ ...unit, receivedAtMs: this.clock.now() });
      this.published.push(unit);
      await this.fast.arrived(this.published.length);
      await this.pass(INTERVAL_MS);
    }
  }

  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    await UnsentBytes.of(this.clock).sample();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.web[Symbol.asyncDispose]();
  }
}

describe("a viewer of MJPEG that is slow", () => {
  it("misses pictures, keeps nobody waiting, and goes on with the newest", async () => {
    await using stage = await Stage.set();
    using slow = await stage.web.watch();
    slow.answer.pause();
    slow.answer.socket.pause();
    await stage.publish(PICTURES);
    expect(stage.camera.droppedUnits).toBeGreaterThan(PICTURES / 4);
    const heldBytes = stage.camera.sentBytes - PICTURES * PICTURE_BYTES;
    const newest = stage.published.at(-1)?.data as Buffer;
    slow.answer.resume();
    slow.answer.socket.resume();
    // No further picture comes: what waited is sent by itself as soon as there is room.
    await expect
      .poll(async () => {
        await stage.pass(INTERVAL_MS);
        return slow.parts.at(-1)?.data.equals(newest);
      })
      .toBe(true);
    expect(slow.parts.length).toBeLessThanOrEqual(Math.ceil(heldBytes / PICTURE_BYTES) + 1);
    const wrong = stage.published.filter(({ data }, index) => !stage.fast.parts[index]?.data.equals(data));
    expect([stage.fast.parts.length, wrong.length]).toEqual([PICTURES, 0]);
    expect(stage.web.failures).toEqual([]);
  });

  it("is closed when it takes nothing for 10 s", async () => {
    await using stage = await Stage.set();
    using slow = await stage.web.watch();
    slow.answer.pause();
    slow.answer.socket.pause();
    await stage.publish(PICTURES);
    for (let seconds = 0; seconds < 11; seconds++) await stage.pass(1_000);
    await expect.poll(() => stage.camera.viewers).toBe(1);
    expect(stage.web.logger.lines).toEqual(["warn web: a viewer of MJPEG took nothing for 10 s and is closed"]);
  });
});
