import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { UnsentBytes } from "../../../server/outputs/unsent-bytes.js";
import type { WebServerPlace } from "../../../server/web/web-server.js";
import { FakeClock } from "../../support/fake-clock.js";
import { CERTIFICATE } from "../../support/self-signed.js";
import { LiveViewer } from "./support/live-viewer.js";
import { WebStage } from "./support/web-stage.js";
import { webUnits } from "./support/web-units.js";

const UNIT_BYTES = 64 * 1024;
const GOP = 25;
const INTERVAL_MS = 40;
/** What the kernel of a viewer that does not read may take, and what the sender's bound lets through. */
const TAKEN_UNITS = 4 + Math.ceil((250 + 100) / INTERVAL_MS) + 1;

/** A camera with a viewer that never lags, which paces the others, and one that does not read. */
class Stage implements AsyncDisposable {
  readonly published: AccessUnit[] = [];
  readonly clock = new FakeClock();
  web!: WebStage;
  fast!: LiveViewer;
  slow!: LiveViewer;

  static async set(place: Partial<WebServerPlace> = {}): Promise<Stage> {
    const stage = new Stage();
    stage.web = await WebStage.set(place, stage.clock);
    stage.web.camera();
    stage.fast = await LiveViewer.connect(stage.web.webSocket("/live/left"));
    stage.slow = await LiveViewer.connect(stage.web.webSocket("/live/left"));
    stage.slow.socket.pause();
    return stage;
  }

  get camera() {
    const [camera] = this.web.cameras;
    if (!camera) throw new Error("no camera");
    return camera;
  }

  /** Publishes at 25 units a second of the fake clock, each read by the fast viewer before the next. */
  async publish(count: number): Promise<void> {
    for (const unit of webUnits({ count, gop: GOP, bytes: UNIT_BYTES, from: this.published.length })) {
      this.camera.unit(unit);
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
    this.fast[Symbol.dispose]();
    this.slow[Symbol.dispose]();
    await this.web[Symbol.asyncDispose]();
  }
}

const sequences = ({ pictures }: LiveViewer): number[] => pictures.map(({ sequence }) => sequence);
const count = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe.each([
  ["without TLS", {}],
  ["with TLS", { tls: CERTIFICATE }],
])("slow viewer %s", (_how, place) => {
  it("is given no more than its bound, and goes on with the newest keyframe once it reads again", async () => {
    await using stage = await Stage.set(place);
    await stage.publish(2 * GOP);
    const { droppedUnits } = stage.camera;
    expect(droppedUnits).toBeGreaterThanOrEqual(2 * GOP - TAKEN_UNITS);
    const taken = 2 * GOP - droppedUnits;
    stage.slow.socket.resume();
    await stage.slow.arrived(taken);
    await stage.pass(100);
    await stage.publish(3);
    await stage.slow.arrived(taken + 3);
    expect(sequences(stage.slow)).toEqual([...count(1, taken), ...count(2 * GOP + 1, 2 * GOP + 3)]);
    expect(sequences(stage.fast)).toEqual(count(1, 2 * GOP + 3));
    expect(stage.camera.droppedUnits).toBe(droppedUnits);
  });

  it("is ended after it took nothing for 10 s, and the log tells", async () => {
    await using stage = await Stage.set(place);
    await stage.publish(GOP);
    while (stage.camera.viewers > 1) await stage.pass(100);
    expect(stage.web.logger.lines).toContain("warn viewer gave no sign of life for 10 s");
    await stage.publish(GOP);
  });
});
