import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { isRunning } from "../support/is-running.js";
import { from, nextFrame, numbered, open, ScriptedSender, sendEach } from "../support/scripted-sender.js";

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
    const units = await numbered();
    // Longer than a busy machine takes for a picture.
    const { receiver, states } = open(url, { stallTimeoutMs: 3_000 });
    const stalled = new Promise((resolve) => receiver.on("warning", resolve));
    await sendEach(sender, receiver, units.slice(0, 3));
    expect(await stalled).toMatchObject({
      code: "stalled",
      message: expect.stringContaining("nothing came for 3.0 s"),
    });
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
    onTestFinished(async () => clearInterval(noise));
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
});

describe("Receiver with a decoder in trouble", () => {
  it("replaces a stopped decoder, and the picture goes on without a keyframe", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, numbers, warnings } = open(url, { stallTimeoutMs: 3_000 });
    const units = await numbered({ frames: 240, gop: 240 });
    await sendEach(sender, receiver, units.slice(0, 5));
    const pid = receiver.stats().decoderPid as number;
    process.kill(pid, "SIGSTOP");
    const replaced = new Promise((resolve) => receiver.on("warning", resolve));
    await sender.send(units.slice(5, 7));
    // The stream itself goes on, or it would count as silent.
    const stream = setInterval(() => void sender.send([units[later] as AccessUnit]).then(() => later++), 33);
    let later = 7;
    onTestFinished(async () => clearInterval(stream));
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
});
