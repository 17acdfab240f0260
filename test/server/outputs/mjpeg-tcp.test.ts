import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { LengthPrefixParser } from "../../../lib/mjpeg-tcp/length-prefix-parser.js";
import { pickleArray } from "../../../lib/pickle/write-pickled-array.js";
import { openOutput } from "../../../server/outputs/index.js";
import { MjpegTcpWire } from "../../../server/outputs/mjpeg-tcp-wire.js";
import { UnsentBytes } from "../../../server/outputs/unsent-bytes.js";
import { FakeClock } from "../../support/fake-clock.js";
import { makeUnits } from "../support/make-units.js";
import { RunningOutput } from "../support/run-output.js";
import { TcpReader } from "../support/tcp-reader.js";

const LOCAL = "mjpeg-tcp://127.0.0.1:0";
const PLAIN = `${LOCAL}?payload=jpeg`;
const PICTURE_BYTES = 128 * 1024;
const INTERVAL_MS = 40;
const PICTURES = 60;

const jpegs = (count: number, from = 0, bytes = 100): AccessUnit[] => makeUnits({ count, codec: "mjpeg", bytes, from });

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

/** A little-endian number of so many bytes. */
function littleEndian(value: number, bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, i) => (i < 4 ? (value >>> (8 * i)) & 0xff : 0)));
}

/** A client that reads nothing for a while beside one that reads everything and paces the pictures. */
class SlowStage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly published: AccessUnit[] = [];
  #bytes = 0;
  running!: RunningOutput;
  fast!: TcpReader;
  slow!: TcpReader;

  static async set(): Promise<SlowStage> {
    const stage = new SlowStage();
    stage.running = await RunningOutput.start(PLAIN, stage.clock);
    stage.fast = await TcpReader.connect(stage.running.port);
    stage.slow = await TcpReader.connect(stage.running.port);
    await clients(stage.running, 2);
    stage.slow.socket.pause();
    return stage;
  }

  async publish(count: number): Promise<void> {
    for (const unit of jpegs(count, this.published.length, PICTURE_BYTES)) {
      this.running.hub.publish(unit);
      this.published.push(unit);
      this.#bytes += 8 + unit.data.length;
      await this.fast.arrived(this.#bytes);
      await pass(this.clock, INTERVAL_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.fast.socket.destroy();
    this.slow.socket.destroy();
    await this.running[Symbol.asyncDispose]();
  }
}

async function picturesOf(reader: TcpReader): Promise<Buffer[]> {
  const pictures: Buffer[] = [];
  new LengthPrefixParser(8).push(await reader.bytes(0), (payload) => pictures.push(payload));
  return pictures;
}

describe("MJPEG over TCP as an output", () => {
  it.each([
    ["", 8, pickleArray],
    ["?length=4", 4, pickleArray],
    ["?payload=jpeg", 8, (jpeg: Buffer) => jpeg],
    ["?length=4&payload=jpeg", 4, (jpeg: Buffer) => jpeg],
  ] as const)("sends each picture behind its length, byte for byte: %s", async (query, lengthBytes, payloadOf) => {
    await using running = await RunningOutput.start(LOCAL + query);
    using one = await TcpReader.connect(running.port);
    using other = await TcpReader.connect(running.port);
    await clients(running, 2);
    const units = jpegs(5);
    const expected: Buffer[] = [];
    for (const { data } of units) {
      const payload = payloadOf(data);
      expected.push(littleEndian(payload.length, lengthBytes), payload);
    }
    const bytes = Buffer.concat(expected);
    for (const [index, unit] of units.entries()) {
      running.hub.publish(unit);
      await one.arrived((bytes.length / units.length) * (index + 1));
    }
    expect(await one.bytes(bytes.length)).toEqual(bytes);
    expect(await other.bytes(bytes.length)).toEqual(bytes);
    expect(running.output.stats()).toEqual({
      ...{ url: `mjpeg-tcp://127.0.0.1:${running.port}`, clients: 2 },
      ...{ sentBytes: 2 * bytes.length, droppedUnits: 0 },
    });
  });

  it("writes a picture once for all clients", () => {
    const wire = new MjpegTcpWire({ lengthBytes: 8, payload: "pickle" });
    const [first, second] = jpegs(2).map(({ data }) => ({ data, capturedAtMs: 0, receivedAtMs: 0 }));
    const written = wire.of(first as never);
    expect(wire.of(first as never)).toBe(written);
    expect(wire.of(second as never)[1]).toEqual(pickleArray(second?.data as Buffer));
  });

  it("gives a client that joins the newest picture at once", async () => {
    const units = jpegs(3);
    await using running = await RunningOutput.start(PLAIN, undefined, units);
    using reader = await TcpReader.connect(running.port);
    const newest = units.at(-1)?.data as Buffer;
    await reader.arrived(8 + newest.length);
    expect(await picturesOf(reader)).toEqual([newest]);
  });

  it("serves the others on when one client breaks its connection", async () => {
    await using running = await RunningOutput.start(PLAIN);
    using steady = await TcpReader.connect(running.port);
    using broken = await TcpReader.connect(running.port);
    await clients(running, 2);
    const [first, ...rest] = jpegs(4) as [AccessUnit, ...AccessUnit[]];
    running.hub.publish(first);
    const frameBytes = 8 + first.data.length;
    await steady.arrived(frameBytes);
    broken.socket.resetAndDestroy();
    await clients(running, 1);
    for (const [index, unit] of rest.entries()) {
      running.hub.publish(unit);
      await steady.arrived((index + 2) * frameBytes);
    }
    expect(await picturesOf(steady)).toEqual([first, ...rest].map(({ data }) => data));
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
      expect.stringMatching(/^mjpeg-tcp:\/\/127\.0\.0\.1:\d+: client 127\.0\.0\.1 port \d+ is refused: 1 are /),
    ]);
    expect(first.socket.destroyed).toBe(false);
  });

  it("frees the place of a client that talked and left while no picture comes", async () => {
    const clock = new FakeClock();
    await using running = await RunningOutput.start(LOCAL, clock);
    using reader = await TcpReader.connect(running.port);
    await clients(running, 1);
    reader.socket.end(Buffer.alloc(200_000));
    const leftAtMs = clock.now();
    while (running.output.stats().clients > 0) await pass(clock, 100);
    expect(clock.now() - leftAtMs).toBeGreaterThanOrEqual(2_000);
    expect(running.warnings).toEqual([]);
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
});

describe("a slow client of MJPEG over TCP", () => {
  it("misses pictures whole, keeps nobody waiting, and goes on with the newest", async () => {
    await using stage = await SlowStage.set();
    const { running, fast, slow, clock } = stage;
    await stage.publish(PICTURES);
    const { droppedUnits, sentBytes } = running.output.stats();
    expect(droppedUnits).toBeGreaterThan(PICTURES / 4);
    const newest = stage.published.at(-1)?.data as Buffer;
    slow.socket.resume();
    // No further picture comes: what waited is sent by itself as soon as there is room.
    const taken = sentBytes - PICTURES * (8 + newest.length);
    await slow.arrived(taken);
    while (slow.length < taken + newest.length + 8) await pass(clock, INTERVAL_MS);
    const pictures = await picturesOf(slow);
    expect(pictures.length).toBe(PICTURES - droppedUnits);
    expect(pictures.at(-1)?.equals(newest)).toBe(true);
    const seen = await picturesOf(fast);
    const wrong = stage.published.filter(({ data }, index) => !seen[index]?.equals(data));
    expect([seen.length, wrong.length]).toEqual([PICTURES, 0]);
    expect(running.warnings).toEqual([]);
  });

  it("is closed, with a warning, after it took nothing for 10 s", async () => {
    await using stage = await SlowStage.set();
    await stage.publish(PICTURES / 2);
    while (stage.running.output.stats().clients > 1) await pass(stage.clock, 100);
    expect(stage.running.warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(
        /^stalled: mjpeg-tcp:.*: client 127\.0\.0\.1 port \d+ took nothing for 10 s and is closed$/,
      ),
    ]);
  });
});

describe("the URL of MJPEG over TCP", () => {
  it.each([
    ["mjpeg-tcp://", "mjpeg-tcp://:8888"],
    [
      "MJPEG-TCP://[::1]:9000?length=4&payload=jpeg&jpegQuality=50&maxBacklogMs=500&maxClients=3",
      "mjpeg-tcp://[::1]:9000",
    ],
  ])("%s opens as %s", (text, url) => {
    expect(openOutput(text).url).toBe(url);
  });

  it.each([
    ["length=5", "length=5 is not allowed; it must be one of 8, 4"],
    ["payload=png", "payload=png is not allowed; it must be one of pickle, jpeg"],
    ["jpegQuality=0", "jpegQuality=0 is not allowed; it must be a whole number from 1 to 100"],
    ["join=gop", 'parameter "join" is unknown; allowed: length, payload, jpegQuality, maxBacklogMs, maxClients'],
  ])("refuses %s", (query, problem) => {
    const text = `mjpeg-tcp://:8888?${query}`;
    expect(() => openOutput(text)).toThrow(
      expect.objectContaining({ code: "invalid-url", message: `${text}: ${problem}` }),
    );
  });
});
