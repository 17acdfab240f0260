import { describe, expect, it } from "vitest";
import { StreamError } from "../../lib/errors.js";
import { SharedPicture } from "../../lib/frame.js";
import { FrameMailbox } from "../../lib/frame-mailbox.js";

function frames() {
  const recycled: number[] = [];
  const make = (sequence: number): SharedPicture =>
    new SharedPicture(
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
    mailbox.put(make(0));
    expect((await Promise.all(waiting)).map((frame) => frame.sequence)).toEqual([0, 0]);
  });

  it("lets a reader wait for a newer one", async () => {
    const { make } = frames();
    const mailbox = new FrameMailbox();
    mailbox.put(make(4));
    const newer = mailbox.read({ newerThan: 4 });
    mailbox.put(make(5));
    expect((await newer).sequence).toBe(5);
  });

  it("takes back the memory of frames that nobody holds", async () => {
    const { make, recycled } = frames();
    const mailbox = new FrameMailbox();
    mailbox.put(make(0));
    mailbox.put(make(1));
    expect(recycled).toEqual([0]);
    expect(mailbox.latest?.sequence).toBe(1);
    mailbox.put(make(2));
    const held = await mailbox.read();
    mailbox.put(make(3));
    expect(recycled).toEqual([0]);
    held.release();
    expect(recycled).toEqual([0, 2]);
  });

  it("lets one holder release without harm to the others", async () => {
    const { make, recycled } = frames();
    const mailbox = new FrameMailbox();
    mailbox.put(make(0));
    const [one, other] = await Promise.all([mailbox.read(), mailbox.read()]);
    const { latest } = mailbox;
    one.release();
    one.release();
    mailbox.put(make(1));
    expect(recycled).toEqual([]);
    other.release();
    expect(recycled).toEqual([]);
    latest?.release();
    expect(recycled).toEqual([0]);
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

  it("recycles a released picture once", () => {
    const { make, recycled } = frames();
    const picture = make(7);
    const frame = picture.take();
    picture.drop();
    frame.release();
    frame[Symbol.dispose]();
    expect(recycled).toEqual([7]);
  });
});
