import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import type { ReceiverOptions } from "../../lib/options.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { isRunning } from "../support/is-running.js";
import { numbered, open, ScriptedSender, sendEach } from "../support/scripted-sender.js";

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
