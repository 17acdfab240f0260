import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { UnsentBytes } from "../../../server/outputs/unsent-bytes.js";
import { FakeClock } from "../../support/fake-clock.js";
import { H264_DELIMITER, makeUnits, wireOf } from "../support/make-units.js";
import { RunningOutput } from "../support/run-output.js";
import { TcpReader } from "../support/tcp-reader.js";
import { vp8Units } from "../web/support/web-units.js";

const LOCAL = "tcp://127.0.0.1:0";

function publish(running: RunningOutput, units: readonly AccessUnit[]): void {
  for (const unit of units) running.hub.publish(unit);
}

/** Resolves once the output serves so many clients. */
async function clients(running: RunningOutput, count: number): Promise<void> {
  while (running.output.stats().clients !== count) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets time pass, then lets the output look at its clients, and the loop turn. */
async function pass(clock: FakeClock, milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  await UnsentBytes.of(clock).sample();
  await new Promise((resolve) => setImmediate(resolve));
}

describe("TCP output", () => {
  it("sends a delimiter first and the next one right behind every unit, byte for byte", async () => {
    await using running = await RunningOutput.start(LOCAL);
    using reader = await TcpReader.connect(running.port);
    await clients(running, 1);
    const units = makeUnits({ count: 5 });
    publish(running, units);
    const expected = wireOf(units);
    expect(await reader.bytes(expected.length)).toEqual(expected);
  });

  it("ends each unit with its delimiter at once, without the next unit", async () => {
    await using running = await RunningOutput.start(LOCAL);
    using reader = await TcpReader.connect(running.port);
    await clients(running, 1);
    const units = makeUnits({ count: 1 });
    publish(running, units);
    const bytes = await reader.bytes(wireOf(units).length);
    expect(bytes.subarray(-14)).toEqual(H264_DELIMITER);
  });

  it("fails for good with VP8, which nothing could tell apart in a byte stream", async () => {
    await using running = await RunningOutput.start(LOCAL);
    const [unit, next] = vp8Units({ count: 2 }) as [AccessUnit, AccessUnit];
    running.hub.gop.add(unit);
    using reader = await TcpReader.connect(running.port);
    await clients(running, 1);
    running.hub.publish(next);
    expect(running.failures).toEqual([
      expect.objectContaining({
        ...{ code: "unsupported", message: "a raw byte stream carries h264, h265, mjpeg, not vp8" },
      }),
    ]);
    await running[Symbol.asyncDispose]();
    await once(reader.socket, "close");
    expect(running.output.stats().sentBytes).toBe(0);
  });

  it("gives a client that joins midway the current group of pictures at once", async () => {
    await using running = await RunningOutput.start(LOCAL);
    const units = makeUnits({ count: 8, gop: 5 });
    publish(running, units);
    using reader = await TcpReader.connect(running.port);
    const expected = wireOf(units.slice(5));
    expect(await reader.bytes(expected.length)).toEqual(expected);
    const next = makeUnits({ count: 2, gop: 3, from: 8 }).slice(1);
    publish(running, next);
    const all = wireOf([...units.slice(5), ...next]);
    expect(await reader.bytes(all.length)).toEqual(all);
  });

  it("lets a client wait for the next keyframe with join=keyframe", async () => {
    await using running = await RunningOutput.start(`${LOCAL}?join=keyframe`);
    const units = makeUnits({ count: 8, gop: 5 });
    publish(running, units.slice(0, 3));
    using reader = await TcpReader.connect(running.port);
    await clients(running, 1);
    publish(running, units.slice(3));
    const expected = wireOf(units.slice(5));
    expect(await reader.bytes(expected.length)).toEqual(expected);
    expect(running.output.stats().droppedUnits).toBe(0);
  });

  it("sends MJPEG as one JPEG after the other", async () => {
    await using running = await RunningOutput.start(LOCAL);
    using reader = await TcpReader.connect(running.port);
    await clients(running, 1);
    const units = makeUnits({ count: 3, codec: "mjpeg" });
    publish(running, units);
    const expected = Buffer.concat(units.map(({ data }) => data));
    expect(await reader.bytes(expected.length)).toEqual(expected);
  });

  it("begins each unit with an H.265 delimiter where the stream is H.265", async () => {
    await using running = await RunningOutput.start(LOCAL);
    using reader = await TcpReader.connect(running.port);
    await clients(running, 1);
    const data = Buffer.from([0, 0, 0, 1, 0x26, 1, 0xaf]);
    publish(running, [{ codec: "h265", data, keyframe: true, receivedAtMs: 0 }]);
    const delimiter = Buffer.from([0, 0, 0, 1, 0x46, 1, 0x50, 0, 0, 0, 1, 0x4e, 1, 3, 0, 0x80]);
    expect(await reader.bytes(39)).toEqual(Buffer.concat([delimiter, data, delimiter]));
  });

  it("serves the others on when one client breaks its connection", async () => {
    await using running = await RunningOutput.start(LOCAL);
    using steady = await TcpReader.connect(running.port);
    using broken = await TcpReader.connect(running.port);
    await clients(running, 2);
    const units = makeUnits({ count: 20 });
    publish(running, units.slice(0, 10));
    broken.socket.resetAndDestroy();
    await clients(running, 1);
    publish(running, units.slice(10));
    const expected = wireOf(units);
    expect(await steady.bytes(expected.length)).toEqual(expected);
  });

  it("goes on with a client that has shut down its own direction", async () => {
    await using running = await RunningOutput.start(LOCAL);
    using reader = await TcpReader.connect(running.port);
    reader.socket.end();
    await clients(running, 1);
    const units = makeUnits({ count: 2 });
    publish(running, units);
    expect(await reader.bytes(wireOf(units).length)).toEqual(wireOf(units));
  });

  it("ignores what clients say, and reads one that goes on talking slowly", async () => {
    await using running = await RunningOutput.start(LOCAL);
    using reader = await TcpReader.connect(running.port);
    await clients(running, 1);
    const megabyte = Buffer.alloc(1024 * 1024);
    while (reader.socket.write(megabyte) || reader.socket.writableLength < 32 * megabyte.length);
    const units = makeUnits({ count: 1_000 });
    // Many turns of the loop, in which everything would be read if anybody did.
    for (const [index, unit] of units.entries()) {
      running.hub.publish(unit);
      await reader.arrived(H264_DELIMITER.length + (index + 1) * (unit.data.length + H264_DELIMITER.length));
    }
    expect(await reader.bytes(0)).toEqual(wireOf(units));
    expect(reader.socket.writableLength).toBeGreaterThan(0);
  });

  it.each([
    { says: 0, what: "nothing" },
    { says: 200_000, what: "more than is read at once" },
  ])("frees the place of a client that said $what and left while no picture comes", async ({ says }) => {
    const clock = new FakeClock();
    await using running = await RunningOutput.start(LOCAL, clock);
    using reader = await TcpReader.connect(running.port);
    await clients(running, 1);
    reader.socket.end(Buffer.alloc(says));
    const leftAtMs = clock.now();
    while (running.output.stats().clients > 0) await pass(clock, 100);
    expect(clock.now() - leftAtMs).toBeGreaterThanOrEqual(2_000);
    expect(running.warnings).toEqual([]);
  });

  it("keeps a client that has shut down its own direction while pictures come, one a second", async () => {
    const clock = new FakeClock();
    await using running = await RunningOutput.start(LOCAL, clock);
    using reader = await TcpReader.connect(running.port);
    reader.socket.end();
    await clients(running, 1);
    const units = makeUnits({ count: 5 });
    for (const [index, unit] of units.entries()) {
      running.hub.publish(unit);
      await reader.arrived(wireOf(units.slice(0, index + 1)).length);
      for (let tick = 0; tick < 10; tick++) await pass(clock, 100);
    }
    expect(running.output.stats().clients).toBe(1);
    expect(await reader.bytes(0)).toEqual(wireOf(units));
  });

  it("resets connections beyond maxClients and says so once", async () => {
    await using running = await RunningOutput.start(`${LOCAL}?maxClients=1`);
    using first = await TcpReader.connect(running.port);
    await clients(running, 1);
    for (let attempt = 0; attempt < 2; attempt++) {
      const refused = connect(running.port, "127.0.0.1").on("error", () => {});
      await new Promise((resolve) => refused.on("close", resolve));
    }
    expect(running.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+: client 127\.0\.0\.1 port \d+ is refused: 1 .*maxClients=1/),
    ]);
    const units = makeUnits({ count: 1 });
    publish(running, units);
    expect(await first.bytes(wireOf(units).length)).toEqual(wireOf(units));
  });

  it("listens on IPv4 and IPv6 where the URL names no address", async () => {
    await using running = await RunningOutput.start("tcp://:0");
    publish(running, makeUnits({ count: 1 }));
    using four = await TcpReader.connect(running.port, "127.0.0.1");
    using six = await TcpReader.connect(running.port, "::1");
    expect((await four.bytes(128)).length).toBe(128);
    expect((await six.bytes(128)).length).toBe(128);
  });

  it("counts clients and bytes", async () => {
    await using running = await RunningOutput.start(LOCAL);
    publish(running, makeUnits({ count: 1 }));
    using one = await TcpReader.connect(running.port);
    using other = await TcpReader.connect(running.port);
    await Promise.all([one.bytes(128), other.bytes(128)]);
    expect(running.output.stats()).toEqual({
      url: `tcp://127.0.0.1:${running.port}`,
      clients: 2,
      sentBytes: 256,
      droppedUnits: 0,
    });
  });

  it("closes its clients and its port when it is stopped", async () => {
    const running = await RunningOutput.start(LOCAL);
    using reader = await TcpReader.connect(running.port);
    await clients(running, 1);
    await running[Symbol.asyncDispose]();
    await reader.closed();
    expect(running.output.stats().clients).toBe(0);
    await expect(TcpReader.connect(running.port)).rejects.toThrow("ECONNREFUSED");
  });

  it("refuses a port that is taken, and says which", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    await expect(RunningOutput.start(`tcp://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: "bind-failed",
      message: `tcp://127.0.0.1:${port}: cannot listen: port ${port} is in use already`,
    });
    taken.close();
  });

  it("refuses an address of another machine, and lists its own", async () => {
    await expect(RunningOutput.start("tcp://203.0.113.9:0")).rejects.toMatchObject({
      code: "bind-failed",
      message: expect.stringMatching(/203\.0\.113\.9 is no address of this machine; it has .*lo 127\.0\.0\.1/),
    });
  });
});
