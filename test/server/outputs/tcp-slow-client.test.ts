import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { UnsentBytes } from "../../../server/outputs/unsent-bytes.js";
import { FakeClock } from "../../support/fake-clock.js";
import { H264_DELIMITER, makeUnits, wireOf } from "../support/make-units.js";
import { RunningOutput } from "../support/run-output.js";
import { TcpReader } from "../support/tcp-reader.js";

const UNIT_BYTES = 64 * 1024;
const GOP = 25;
const INTERVAL_MS = 40;
/** What the kernel of a reader that does not read may take: its receive buffer, and no more than the sender's bound. */
const RECEIVE_BUFFER_UNITS = 4;
const BOUND_UNITS = Math.ceil((250 + 100) / INTERVAL_MS) + 1;

/** One output with one reader that never lags, whose bytes pace the others. */
class Stage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly published: AccessUnit[] = [];
  #bytes = H264_DELIMITER.length;
  running!: RunningOutput;
  fast!: TcpReader;

  static async set(url = "tcp://127.0.0.1:0"): Promise<Stage> {
    const stage = new Stage();
    stage.running = await RunningOutput.start(url, stage.clock);
    stage.fast = await stage.join();
    return stage;
  }

  /** A further client, connected and known to the output. */
  async join(): Promise<TcpReader> {
    const before = this.running.output.stats().clients;
    const reader = await TcpReader.connect(this.running.port);
    while (this.running.output.stats().clients === before) await new Promise((resolve) => setImmediate(resolve));
    return reader;
  }

  /** Publishes at 25 units a second of the fake clock, each read by the fast client before the next. */
  async publish(units: readonly AccessUnit[]): Promise<void> {
    for (const unit of units) {
      this.running.hub.publish(unit);
      this.published.push(unit);
      this.#bytes += unit.data.length + H264_DELIMITER.length;
      await this.fast.arrived(this.#bytes);
      await this.pass(INTERVAL_MS);
    }
  }

  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    await UnsentBytes.of(this.clock).sample();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.fast.socket.destroy();
    await this.running[Symbol.asyncDispose]();
  }
}

const units = (count: number, from = 0): AccessUnit[] => makeUnits({ count, gop: GOP, bytes: UNIT_BYTES, from });

async function expectWire(reader: TcpReader, expected: readonly AccessUnit[]): Promise<void> {
  const wire = wireOf(expected);
  expect(wire.equals(await reader.bytes(wire.length))).toBe(true);
}

describe("slow TCP client", () => {
  it("is given no more than its bound while another client misses nothing", async () => {
    await using stage = await Stage.set();
    using slow = await stage.join();
    slow.socket.pause();
    await stage.publish(units(4 * GOP));
    await expectWire(stage.fast, stage.published);
    const { droppedUnits } = stage.running.output.stats();
    expect(droppedUnits).toBeGreaterThanOrEqual(4 * GOP - BOUND_UNITS - RECEIVE_BUFFER_UNITS);
  });

  it("goes on with a keyframe, in whole units, once it reads again", async () => {
    await using stage = await Stage.set();
    using slow = await stage.join();
    slow.socket.pause();
    await stage.publish(units(2 * GOP));
    const { droppedUnits } = stage.running.output.stats();
    const taken = stage.published.slice(0, stage.published.length - droppedUnits);
    slow.socket.resume();
    await slow.arrived(wireOf(taken).length);
    await stage.pass(100);
    const next = units(3, stage.published.length);
    await stage.publish(next);
    await expectWire(slow, [...taken, ...next]);
    expect(stage.running.output.stats().droppedUnits).toBe(droppedUnits);
  });

  it("is not resumed by a unit that is no keyframe", async () => {
    await using stage = await Stage.set();
    using slow = await stage.join();
    slow.socket.pause();
    await stage.publish(units(2 * GOP - 5));
    const { droppedUnits } = stage.running.output.stats();
    const taken = stage.published.length - droppedUnits;
    slow.socket.resume();
    await slow.arrived(H264_DELIMITER.length + taken * (UNIT_BYTES + H264_DELIMITER.length));
    await stage.pass(100);
    await stage.publish(units(2 * GOP, 0).slice(2 * GOP - 5));
    expect(stage.running.output.stats().droppedUnits).toBe(droppedUnits + 5);
  });

  it("may be further behind where maxBacklogMs says so", async () => {
    await using stage = await Stage.set("tcp://127.0.0.1:0?maxBacklogMs=60000");
    using slow = await stage.join();
    slow.socket.pause();
    await stage.publish(units(2 * GOP));
    expect(stage.running.output.stats().droppedUnits).toBe(0);
    slow.socket.resume();
    await expectWire(slow, stage.published);
  });

  it("is closed, with a warning, after it took nothing for 10 s", async () => {
    await using stage = await Stage.set();
    using slow = await stage.join();
    slow.socket.pause();
    await stage.publish(units(GOP));
    const silentSinceMs = stage.clock.now();
    while (stage.running.output.stats().clients > 1) await stage.pass(100);
    expect(stage.clock.now() - silentSinceMs).toBeGreaterThanOrEqual(9_000);
    expect(stage.running.warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^stalled: tcp:.*: client 127\.0\.0\.1 port \d+ took nothing for 10 s and is closed$/),
    ]);
  });

  it("is not closed while there is nothing to take", async () => {
    await using stage = await Stage.set();
    await stage.publish(units(1));
    for (let tick = 0; tick < 210; tick++) await stage.pass(100);
    expect(stage.running.output.stats().clients).toBe(1);
    expect(stage.running.warnings).toEqual([]);
  });
});
