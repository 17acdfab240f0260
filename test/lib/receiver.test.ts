import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { insertStamp } from "../../lib/codecs/frame-stamp.js";
import { makeJpegs } from "../support/make-jpegs.js";
import { AUD, from, nextFrame, numbered, open, ScriptedSender, sendEach } from "../support/scripted-sender.js";

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

  it("gives JPEGs that come without anything between, each without waiting for the next", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, numbers } = open(url);
    const socket = await sender.joined();
    for (const jpeg of await makeJpegs({ width: 320, height: 240, frames: 5 })) {
      const frame = nextFrame(receiver);
      socket.write(jpeg);
      await frame;
    }
    expect(numbers).toEqual(from(0, 4));
    expect(receiver.stats()).toMatchObject({ codec: "mjpeg", units: 5, lost: 0, dropped: 0, discardedBytes: 0 });
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
