import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { insertStamp } from "../../lib/codecs/frame-stamp.js";
import type { StreamError } from "../../lib/errors.js";
import type { Frame } from "../../lib/frame.js";
import type { ReceiverOptions } from "../../lib/options.js";
import { Receiver } from "../../lib/receiver.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { isRunning } from "../support/is-running.js";
import { makeStream } from "../support/make-stream.js";
import { unitsOf } from "../support/units-of.js";

const AUD = Buffer.from([0, 0, 0, 1, 9, 0xf0]);
const STREAM = { codec: "h264", width: 320, height: 240, fps: 30, frames: 30, gop: 10 } as const;

/** A sender under the test's command: it accepts receivers and writes what it is told. */
class ScriptedSender {
  readonly sockets: Socket[] = [];
  readonly #server: Server;
  #sent = 0;

  constructor() {
    this.#server = createServer((socket) => {
      socket.on("error", () => {});
      this.sockets.push(socket);
      socket.on("close", () => this.sockets.splice(this.sockets.indexOf(socket), 1));
      this.#server.emit("joined");
    });
    closers.push(() => this.stop());
  }

  get #port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async listen(port = 0): Promise<{ url: string; port: number }> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    return { url: `tcp://127.0.0.1:${this.#port}`, port: this.#port };
  }

  async joined(): Promise<Socket> {
    if (this.sockets.length === 0) await once(this.#server, "joined");
    return this.sockets.at(-1) as Socket;
  }

  /** The next unit's number is used up without being sent, as if it were lost on the way. */
  skip(): this {
    this.#sent++;
    return this;
  }

  /** Writes units with the next one's delimiter behind each, stamped with numbers of this sender. */
  async send(units: AccessUnit[]): Promise<void> {
    const socket = await this.joined();
    for (const unit of units) {
      const stamp = { sequence: this.#sent++, capturedAtUs: BigInt(Math.round(Date.now() * 1000)) };
      socket.write(Buffer.concat([insertStamp(unit, stamp), AUD]));
    }
  }

  async stop(): Promise<void> {
    for (const socket of [...this.sockets]) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

function open(url: string, options: ReceiverOptions = {}) {
  const receiver = new Receiver(url, { hwaccel: "none", ...options });
  const [numbers, warnings, states]: [(number | undefined)[], StreamError[], string[]] = [[], [], []];
  receiver.on("frame", ({ data, width, height }) => numbers.push(readFrameCounter(data, width, height)));
  receiver.on("warning", (error) => warnings.push(error));
  receiver.on("state", (state) => states.push(state.name));
  closers.push(() => receiver.close());
  return { receiver, numbers, warnings, states };
}

async function numbered(options = {}): Promise<AccessUnit[]> {
  return unitsOf(await makeStream({ ...STREAM, ...options }), "h264");
}

const nextFrame = (receiver: Receiver): Promise<Frame> => new Promise((resolve) => receiver.once("frame", resolve));

/** Sends one unit after another, each when the frame of the one before is there. */
async function sendEach(sender: ScriptedSender, receiver: Receiver, units: AccessUnit[]): Promise<void> {
  for (const unit of units) {
    const frame = nextFrame(receiver);
    await sender.send([unit]);
    await frame;
  }
}

const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe("Receiver over TCP", () => {
  it("gives every picture of a stream as a frame", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, numbers, states } = open(url);
    expect(receiver.state).toEqual({ name: "connecting", attempt: 1 });
    await sendEach(sender, receiver, await numbered());
    expect(numbers).toEqual(from(0, 29));
    expect(states).toEqual(["streaming"]);
    expect(receiver.stats()).toMatchObject({
      codec: "h264",
      width: 320,
      height: 240,
      units: 30,
      keyframes: 3,
      frames: 30,
    });
    expect(receiver.stats()).toMatchObject({ lost: 0, dropped: 0, discardedBytes: 0, restarts: {} });
  });

  it("tells each frame's times, and its latency from a sender on this machine", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver } = open(url);
    const frame = nextFrame(receiver);
    const before = Date.now();
    await sender.send((await numbered()).slice(0, 1));
    const { capturedAt, latencyMs, receivedAtMs, decodedAtMs, sequence, data } = await frame;
    expect(data).toHaveLength(320 * 240 * 3);
    expect(sequence).toBe(0);
    expect(capturedAt).toBeGreaterThanOrEqual(before - 1);
    expect(capturedAt).toBeLessThanOrEqual(Date.now());
    expect(latencyMs).toBeGreaterThanOrEqual(0);
    expect(decodedAtMs).toBeGreaterThan(receivedAtMs);
  });

  it("waits for a sender to connect with ?listen=1, and for the next one", async () => {
    const units = await numbered();
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    const { receiver, numbers } = open(`tcp://127.0.0.1:${port}?listen=1`);
    for (const part of [units.slice(0, 10), units.slice(10, 20)]) {
      const socket = await connectWhenListening(port);
      for (const unit of part) {
        const frame = nextFrame(receiver);
        socket.write(Buffer.concat([unit.data, AUD]));
        await frame;
      }
      const listensAgain = new Promise<void>((resolve) => receiver.once("state", () => resolve()));
      socket.destroy();
      await listensAgain;
    }
    expect(numbers).toEqual(from(0, 19));
    expect(receiver.stats().restarts.connection).toBe(2);
  });

  it("flushes pictures of a sender that puts no delimiter behind them", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, numbers } = open(url);
    const socket = await sender.joined();
    for (const unit of await numbered({ slices: 4 })) {
      const frame = nextFrame(receiver);
      socket.write(unit.data);
      await frame;
    }
    expect(numbers).toEqual(from(0, 29));
  });

  it("passes over noise between pictures", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, numbers } = open(url);
    const units = await numbered();
    (await sender.joined()).write(Buffer.alloc(3_000, 0x5a));
    await sendEach(sender, receiver, units.slice(0, 5));
    (await sender.joined()).write(Buffer.alloc(3_000, 0x5a));
    await sendEach(sender, receiver, units.slice(5, 10));
    expect(numbers).toEqual(from(0, 9));
    expect(receiver.stats().discardedBytes).toBeGreaterThanOrEqual(3_000);
  });

  it("leaves out a picture that was cut, and all that refers to it", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, numbers } = open(url);
    const units = await numbered();
    await sendEach(sender, receiver, units.slice(0, 5));
    const cut = insertStamp(units[5] as AccessUnit, { sequence: 5, capturedAtUs: 1n });
    (await sender.joined()).write(Buffer.concat([cut.subarray(0, cut.length / 2), AUD]));
    await sender.skip().send(units.slice(6, 10));
    await sendEach(sender, receiver, units.slice(10, 20));
    expect(numbers).toEqual([...from(0, 4), ...from(10, 19)]);
    expect(receiver.stats().lost).toBeGreaterThan(0);
  });

  it("shows nothing between a lost picture and the next keyframe", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, numbers } = open(url);
    const units = await numbered();
    await sendEach(sender, receiver, units.slice(0, 4));
    await sender.skip().send(units.slice(5, 10));
    await sendEach(sender, receiver, units.slice(10, 20));
    expect(numbers).toEqual([...from(0, 3), ...from(10, 19)]);
    expect(receiver.stats()).toMatchObject({ lost: 1, dropped: 5 });
  });
});

async function connectWhenListening(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const up = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    if (up) return socket.on("error", () => {});
  }
}

describe("Receiver in trouble", () => {
  it("comes back after a lost connection with the same decoder", async () => {
    const sender = new ScriptedSender();
    const { url, port } = await sender.listen();
    const { receiver, numbers, states, warnings } = open(url);
    const units = await numbered();
    await sendEach(sender, receiver, units.slice(0, 10));
    const pid = receiver.stats().decoderPid;
    const reconnecting = new Promise<void>((resolve) =>
      receiver.on("state", ({ name }) => name === "reconnecting" && resolve()),
    );
    await sender.stop();
    await reconnecting;
    const again = new ScriptedSender();
    await again.listen(port);
    await sendEach(again, receiver, units.slice(10, 20));
    expect(numbers).toEqual(from(0, 19));
    expect(receiver.stats()).toMatchObject({ decoderPid: pid, restarts: { connection: 1 } });
    expect(states.at(-1)).toBe("streaming");
    expect(warnings[0]).toMatchObject({ code: "stream-ended" });
  });

  it("notices a sender that fell silent and connects again", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, states } = open(url, { stallTimeoutMs: 200 });
    const units = await numbered();
    await sendEach(sender, receiver, units.slice(0, 3));
    const stalled = await new Promise((resolve) => receiver.on("warning", resolve));
    expect(stalled).toMatchObject({ code: "stalled", message: expect.stringContaining("nothing came for 0.2 s") });
    await sendEach(sender, receiver, units.slice(10, 12));
    expect(states).toEqual(expect.arrayContaining(["stalled", "reconnecting", "streaming"]));
    expect(receiver.stats().restarts).toEqual({ "no-bytes": 1 });
  });

  it("notices a sender that sends no pictures", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver } = open(url, { stallTimeoutMs: 200 });
    const trouble = new Promise((resolve) => receiver.on("warning", resolve));
    const socket = await sender.joined();
    const noise = setInterval(() => socket.write(Buffer.alloc(100, 0x11)), 20);
    closers.push(async () => clearInterval(noise));
    expect(await trouble).toMatchObject({ message: expect.stringContaining("bytes but no pictures came") });
    expect(receiver.stats().restarts).toEqual({ "no-pictures": 1 });
  });

  it("reconnects when the stream falls behind live", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    // The receiver's clock goes on by more than the pictures' own time does.
    let aheadMs = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const { receiver } = open(url, { maxLagMs: 300, clock });
    const units = await numbered();
    await sendEach(sender, receiver, units.slice(0, 2));
    const lagging = new Promise((resolve) => receiver.on("warning", resolve));
    aheadMs = 500;
    await sender.send(units.slice(2, 4));
    expect(await lagging).toMatchObject({ code: "lagging", message: expect.stringContaining("behind live by") });
    expect(receiver.stats().restarts).toEqual({ lag: 1 });
  });

  it("replaces a stopped decoder, and the picture goes on without a keyframe", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, numbers, warnings } = open(url, { stallTimeoutMs: 1_000 });
    const units = await numbered({ frames: 240, gop: 240 });
    await sendEach(sender, receiver, units.slice(0, 5));
    const pid = receiver.stats().decoderPid as number;
    process.kill(pid, "SIGSTOP");
    const replaced = new Promise((resolve) => receiver.on("warning", resolve));
    await sender.send(units.slice(5, 7));
    // The stream itself goes on, or it would count as silent.
    const stream = setInterval(() => void sender.send([units[later] as AccessUnit]).then(() => later++), 33);
    let later = 7;
    closers.push(async () => clearInterval(stream));
    await replaced;
    await nextFrame(receiver);
    clearInterval(stream);
    expect(warnings[0]?.message).toContain("the decoder gave no picture");
    expect(receiver.stats().restarts).toEqual({ "decoder-silent": 1 });
    expect(receiver.stats().decoderPid).not.toBe(pid);
    expect(isRunning(pid)).toBe(false);
    expect(numbers.slice(0, 5)).toEqual(from(0, 4));
    expect(numbers[5]).toBeGreaterThanOrEqual(7);
  });

  it("replaces a killed decoder", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, numbers } = open(url);
    const units = await numbered({ frames: 30, gop: 30 });
    await sendEach(sender, receiver, units.slice(0, 5));
    const died = new Promise((resolve) => receiver.on("warning", resolve));
    process.kill(receiver.stats().decoderPid as number, "SIGKILL");
    expect(await died).toMatchObject({ code: "decoder-failed" });
    await sendEach(sender, receiver, units.slice(5, 8));
    expect(numbers.slice(-1)).toEqual([7]);
    expect(receiver.stats().restarts).toEqual({ "decoder-exit": 1 });
  });

  it("decodes in software, with a warning, when the named accelerator does not work here", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, numbers, warnings } = open(url, { hwaccel: "nosuchthing" });
    const units = await numbered();
    const first = nextFrame(receiver);
    await sender.send(units.slice(0, 1));
    await first;
    await sendEach(sender, receiver, units.slice(1, 5));
    expect(numbers).toEqual(from(0, 4));
    expect(warnings.map((error) => error.message)).toEqual([
      expect.stringMatching(/^hardware decoding with nosuchthing does not work here, decoding in software: /),
    ]);
  });

  it("is not streaming any more once its sender is gone, whatever the decoder still gives", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, states } = open(url);
    await sender.send((await numbered()).slice(0, 10));
    const gone = new Promise<void>((resolve) => {
      receiver.on("state", ({ name }) => name === "reconnecting" && resolve());
    });
    await sender.stop();
    await gone;
    await expect.poll(() => receiver.stats().frames + receiver.stats().dropped).toBe(10);
    expect(states.slice(states.indexOf("reconnecting"))).not.toContain("streaming");
  });

  it("refuses a crop outside the picture", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver } = open(url, { crop: { x: 300, y: 0, width: 21, height: 10 } });
    const ended = new Promise((resolve) => receiver.once("error", resolve));
    await sender.send((await numbered()).slice(0, 1));
    expect(await ended).toMatchObject({
      code: "invalid-option",
      message: "crop = 21x10 at 300,0: must lie within the picture, which is 320x240",
    });
  });

  it("tells every kind of reader what ended it", async () => {
    const { receiver } = open("tcp://127.0.0.1:1", { retry: { limit: 0 } });
    const loop = async (): Promise<void> => {
      for await (const _ of receiver) expect.unreachable();
    };
    const units = receiver.accessUnits();
    await expect(loop()).rejects.toMatchObject({ code: "connect-failed" });
    await expect(units.next()).rejects.toMatchObject({ code: "connect-failed" });
    await expect(receiver.accessUnits().next()).rejects.toMatchObject({ code: "connect-failed" });
  });

  it("ends at once on what no retry can mend", async () => {
    const { receiver } = open("tcp://127.0.0.1:1", { ffmpegPath: "/nowhere/ffmpeg" });
    const error = await new Promise((resolve) => receiver.once("error", resolve));
    expect(error).toMatchObject({ code: "ffmpeg-missing", message: expect.stringContaining("install it with") });
    expect(receiver.state).toEqual({ name: "closed", error });
    await expect(receiver.read()).rejects.toBe(error);
  });

  it("gives up after as many failures as it was told to bear", async () => {
    const { receiver } = open("tcp://127.0.0.1:1", {
      retry: { limit: 2, minDelayMs: 1, maxDelayMs: 2 },
      decode: false,
    });
    const error = await new Promise((resolve) => receiver.once("error", resolve));
    expect(error).toMatchObject({ code: "connect-failed", message: expect.stringContaining("connection refused") });
  });

  it.each([
    ["", /the URL is empty/],
    ["tcp://", /names no host/],
    ["tcp://host:70000", /port 70000 is not allowed/],
    ["tcp://host?speed=9", /"speed" is unknown; allowed: listen, format/],
    ["udp://239.1.1.1:5000?format=mp4", /format=mp4 is not allowed; it must be one of raw, ts, rtp/],
    ["ws://host/", /no stream comes by this/],
    [undefined, /the URL is undefined; it must be a string/],
    ["a\0b", /a URL holds no NUL character/],
  ])("refuses the URL %j in words that help", (url, message) => {
    expect(() => new Receiver(url as string)).toThrow(message);
  });
});

describe("Receiver's ways of reading", () => {
  async function streaming(options: ReceiverOptions = {}) {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    return { sender, ...open(url, options), units: await numbered() };
  }

  it("iterates over the newest frames and counts what a slow loop missed", async () => {
    const { sender, receiver, units } = await streaming();
    await sender.send(units.slice(0, 1));
    const seen: number[] = [];
    for await (const frame of receiver) {
      seen.push(frame.sequence);
      if (seen.length === 2) break;
      await sendEach(sender, receiver, units.slice(1, 6));
    }
    expect(seen).toEqual([0, 5]);
    expect(receiver.stats().dropped).toBe(4);
  });

  it("keeps the newest frame at hand, and reads newer ones", async () => {
    const { sender, receiver, units } = await streaming();
    expect(receiver.latest).toBeUndefined();
    const first = receiver.read();
    await sender.send(units.slice(0, 1));
    const frame = await first;
    expect(receiver.latest).toMatchObject({ sequence: 0, data: frame.data });
    const second = receiver.read({ newerThan: frame.sequence });
    await sender.send(units.slice(1, 2));
    expect((await second).sequence).toBe(1);
    expect(readFrameCounter(frame.data, 320, 240)).toBe(0);
  });

  it("gives access units without a decoder", async () => {
    const { sender, receiver, units } = await streaming({ decode: false });
    const reading = receiver.accessUnits();
    await sender.send(units.slice(5, 15));
    const got: AccessUnit[] = [];
    for await (const unit of reading) if (got.push(unit) === 5) break;
    expect(got.map((unit) => unit.stamp?.sequence)).toEqual([5, 6, 7, 8, 9]);
    expect(got[0]?.keyframe).toBe(true);
    expect(receiver.stats().decoderPid).toBeNull();
  });

  it("drops old frames after the event loop was blocked, and shows the newest", async () => {
    const { sender, receiver, units, numbers } = await streaming();
    await sendEach(sender, receiver, units.slice(0, 3));
    await sender.send(units.slice(3, 30));
    await new Promise<void>((resolve) => receiver.on("frame", () => numbers.at(-1) === 29 && resolve()));
    expect(numbers.at(-1)).toBe(29);
    const { dropped, frames } = receiver.stats();
    expect(dropped + frames).toBe(30);
    expect(dropped).toBeGreaterThan(10);
  });

  it("closes by signal, leaving no child", async () => {
    const abort = new AbortController();
    const { sender, receiver, units } = await streaming({ signal: abort.signal });
    await sendEach(sender, receiver, units.slice(0, 2));
    const pid = receiver.stats().decoderPid as number;
    abort.abort();
    await receiver.close();
    await receiver.close();
    expect(receiver.state).toEqual({ name: "closed" });
    expect(isRunning(pid)).toBe(false);
    for await (const _ of receiver) expect.unreachable();
  });
});
