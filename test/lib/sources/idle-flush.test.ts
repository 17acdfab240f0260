import { describe, expect, it } from "vitest";
import type { UnitParser } from "../../../lib/codecs/unit-parser.js";
import { IdleFlush } from "../../../lib/sources/idle-flush.js";
import { FakeClock } from "../../support/fake-clock.js";

/** After a timer the flush waits until the sockets were read once. */
const socketsRead = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A parser that holds bytes until a flush; "." ends a unit at once, "+" after a flush continues the flushed one. */
class TestParser implements UnitParser {
  pending = false;
  misfires = 0;
  flushes: number[] = [];
  deadlineMs: number | undefined;
  push(bytes: Buffer): void {
    if (bytes.toString().startsWith("+") && !this.pending) this.misfires++;
    this.pending = !bytes.toString().endsWith(".");
  }
  flush(nowMs: number): void {
    this.pending = false;
    this.flushes.push(nowMs);
  }
  nextDeadlineMs(): number | undefined {
    return this.deadlineMs;
  }
}

const unit = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.from(text)]);

/** Past the first second, unless a test is about it. */
async function setUp({ learned = true, pieces = false } = {}) {
  const clock = new FakeClock();
  const parser = new TestParser();
  let live = 0;
  const feed = new IdleFlush({ parser, clock, onLive: () => live++, pieces });
  for (let i = 0; learned && i < 30; i++) {
    feed.bytes(Buffer.from("unit"));
    clock.advance(25);
    await socketsRead();
  }
  parser.flushes = [];
  live = 0;
  return { clock, parser, feed, liveCount: () => live };
}

describe("IdleFlush", () => {
  it("flushes 2 ms after the last bytes of an unfinished unit", async () => {
    const { clock, parser, feed } = await setUp();
    const startMs = clock.now();
    feed.bytes(Buffer.from("ab"));
    clock.advance(1);
    feed.bytes(Buffer.from("cd"));
    clock.advance(2);
    await socketsRead();
    clock.advance(2);
    await socketsRead();
    expect(parser.flushes).toHaveLength(1);
    expect((parser.flushes[0] as number) - startMs).toBeLessThanOrEqual(5);
  });

  it("waits 10 ms in the first second, while it does not know the link", async () => {
    const { clock, parser, feed } = await setUp({ learned: false });
    feed.bytes(Buffer.from("ab"));
    clock.advance(9);
    await socketsRead();
    expect(parser.flushes).toHaveLength(0);
    clock.advance(1);
    await socketsRead();
    expect(parser.flushes).toHaveLength(1);
  });

  it("waits 20 ms behind a full datagram, and 2 ms behind a shorter one", async () => {
    const { clock, parser, feed } = await setUp({ pieces: true });
    feed.bytes(Buffer.from("full size"));
    clock.advance(1);
    feed.bytes(Buffer.from("rest"));
    clock.advance(2);
    await socketsRead();
    expect(parser.flushes).toHaveLength(1);
    feed.bytes(Buffer.from("full size"));
    clock.advance(19);
    await socketsRead();
    expect(parser.flushes).toHaveLength(1);
    clock.advance(1);
    await socketsRead();
    expect(parser.flushes).toHaveLength(2);
  });

  it("leaves a unit alone whose end is known", async () => {
    const { clock, parser, feed } = await setUp();
    feed.bytes(Buffer.from("ab."));
    clock.advance(100);
    await socketsRead();
    expect(parser.flushes).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  it("lets bytes in first that waited while the event loop was blocked", async () => {
    const { clock, parser, feed } = await setUp();
    feed.bytes(Buffer.from("ab"));
    clock.block(500);
    feed.bytes(Buffer.from("cd."));
    await socketsRead();
    expect(parser.flushes).toEqual([]);
  });

  it("waits longer on a link that pauses inside pictures", async () => {
    const { clock, parser, feed } = await setUp();
    feed.bytes(Buffer.from("ab"));
    clock.advance(3);
    await socketsRead();
    expect(parser.flushes).toHaveLength(1);
    clock.advance(7);
    feed.bytes(Buffer.from("+cd"));
    expect(parser.misfires).toBe(1);
    clock.advance(15);
    await socketsRead();
    expect(parser.flushes).toHaveLength(1);
    clock.advance(10);
    await socketsRead();
    expect(parser.flushes).toHaveLength(2);
  });

  it("takes a pause between pictures for none inside, when it was not there to flush", async () => {
    const { clock, parser, feed } = await setUp();
    const unit = Buffer.from([0, 0, 0, 1, 0x41, 0x9a]);
    feed.bytes(unit);
    clock.block(33);
    feed.bytes(unit);
    await socketsRead();
    parser.flushes = [];
    clock.advance(2);
    await socketsRead();
    clock.advance(2);
    await socketsRead();
    expect(parser.flushes).toHaveLength(1);
  });

  it("tells that the sender is live when a unit begins after a pause between pictures", async () => {
    const { clock, feed, liveCount } = await setUp();
    feed.bytes(unit("ab."));
    clock.advance(20);
    feed.bytes(unit("cd"));
    clock.advance(20);
    const during = liveCount();
    feed.bytes(unit("ef."));
    clock.advance(2);
    feed.bytes(unit("gh."));
    expect(during).toBe(2);
    expect(liveCount()).toBe(2);
  });

  it("takes no pause of the link for one of the sender: those in pictures, and those that are no longer", async () => {
    const { clock, feed, liveCount } = await setUp();
    feed.bytes(unit("ab"));
    clock.advance(3);
    await socketsRead();
    clock.advance(37);
    feed.bytes(Buffer.from("+cd."));
    clock.advance(40);
    feed.bytes(unit("ef."));
    expect(liveCount()).toBe(1);
    clock.advance(100);
    feed.bytes(unit("gh."));
    expect(liveCount()).toBe(2);
  });

  it("forgets a pause inside a picture, though none is flushed while it counts", async () => {
    const { clock, parser, feed } = await setUp();
    feed.bytes(unit("ab"));
    clock.advance(1);
    feed.bytes(Buffer.from("cd"));
    clock.block(25);
    feed.bytes(Buffer.from("ef"));
    for (let i = 0; i < 300; i++) {
      clock.advance(33);
      await socketsRead();
      feed.bytes(unit("gh"));
    }
    parser.flushes = [];
    clock.advance(4);
    await socketsRead();
    expect(parser.flushes).toHaveLength(1);
  });

  it("flushes again when packets behind a gap are given up", async () => {
    const { clock, parser, feed } = await setUp();
    parser.deadlineMs = clock.now() + 20;
    feed.bytes(Buffer.from("ab"));
    clock.advance(2);
    await socketsRead();
    parser.deadlineMs = clock.now() + 18;
    clock.advance(18);
    await socketsRead();
    expect(parser.flushes).toHaveLength(2);
  });

  it("flushes nothing once closed", async () => {
    const { clock, parser, feed } = await setUp();
    feed.bytes(Buffer.from("ab"));
    feed.close();
    clock.advance(100);
    await socketsRead();
    expect(parser.flushes).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});
