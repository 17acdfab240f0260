import { describe, expect, it } from "vitest";
import { StreamError } from "../../lib/errors.js";
import { createFrame, type Frame } from "../../lib/frame.js";
import { FrameMailbox } from "../../lib/frame-mailbox.js";

function frames() {
  const recycled: number[] = [];
  const make = (sequence: number): Frame =>
    createFrame(
      { width: 1, height: 1, pixelFormat: "gray", sequence, receivedAtMs: 0, decodedAtMs: 0 },
      Buffer.from([sequence]),
      (data) => recycled.push(data[0] as number),
    );
  return { make, recycled };
}

describe("FrameMailbox", () => {
  it("gives the newest frame to those who wait", async () => {
    const { make } = frames();
    const mailbox = new FrameMailbox();
    const waiting = [mailbox.read(), mailbox.read({ newerThan: -1 })];
    mailbox.put(make(0), false);
    expect((await Promise.all(waiting)).map((frame) => frame.sequence)).toEqual([0, 0]);
  });

  it("lets a reader wait for a newer one", async () => {
    const { make } = frames();
    const mailbox = new FrameMailbox();
    mailbox.put(make(4), false);
    const newer = mailbox.read({ newerThan: 4 });
    mailbox.put(make(5), false);
    expect((await newer).sequence).toBe(5);
  });

  it("takes back the memory of frames that nobody saw, and of no others", async () => {
    const { make, recycled } = frames();
    const mailbox = new FrameMailbox();
    mailbox.put(make(0), false);
    mailbox.put(make(1), true);
    mailbox.put(make(2), false);
    expect(mailbox.latest?.sequence).toBe(2);
    mailbox.put(make(3), false);
    await mailbox.read();
    mailbox.put(make(4), false);
    mailbox.put(make(5), false);
    expect(recycled).toEqual([0, 4]);
  });

  it("stops waiting when the signal aborts", async () => {
    const abort = new AbortController();
    const mailbox = new FrameMailbox();
    const read = mailbox.read({ signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(read).rejects.toThrow("enough");
  });

  it("tells those who wait, and those who come later, that it is over", async () => {
    const mailbox = new FrameMailbox();
    const read = mailbox.read();
    mailbox.close(new StreamError("closed", "over"));
    await expect(read).rejects.toMatchObject({ code: "closed" });
    await expect(mailbox.read()).rejects.toMatchObject({ code: "closed" });
  });

  it("recycles a released frame once", () => {
    const { make, recycled } = frames();
    const frame = make(7);
    frame.release();
    frame[Symbol.dispose]();
    expect(recycled).toEqual([7]);
  });
});
