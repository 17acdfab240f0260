import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { type NamedSource, StreamError } from "../../lib/index.js";
import { Receiver } from "../../lib/receiver.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { numbered } from "../support/scripted-sender.js";

describe("Receiver of a source of one's own", () => {
  it("turns its access units into frames, and begins it again when it fails", async ({ onTestFinished }) => {
    const units = (await numbered()).slice(0, 5);
    let runs = 0;
    const source: NamedSource = {
      url: "mine://user:secret@host",
      retryCeilingMs: 1,
      async run(sink, signal) {
        sink.connected({ sameClock: true, description: "mine" });
        if (++runs === 1) throw new StreamError("connection-lost", "not yet");
        for (const unit of units) sink.unit({ ...unit, receivedAtMs: performance.now() });
        if (!signal.aborted) await once(signal, "abort");
      },
    };
    const receiver = new Receiver(source, { hwaccel: "none", stallTimeoutMs: 60_000 });
    onTestFinished(() => receiver.close());
    const numbers: (number | undefined)[] = [];
    receiver.on("frame", ({ data, width, height }) => numbers.push(readFrameCounter(data, width, height)));
    // What came all at once may be left out but for the newest.
    await expect.poll(() => numbers.at(-1), { timeout: 20_000 }).toBe(4);
    expect(receiver.stats()).toMatchObject({ units: 5, keyframes: 1, lost: 0 });
    expect(runs).toBe(2);
    expect(receiver.url).not.toContain("secret");
  });

  it.each([undefined, null, 7, {}])("refuses %j", (from) => {
    expect(() => new Receiver(from as never)).toThrowError(
      expect.objectContaining({ code: "invalid-url", message: expect.stringContaining("it must be a string") }),
    );
  });
});
