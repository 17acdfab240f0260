import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../lib/errors.js";
import { SharedPicture } from "../../lib/frame.js";
import { FrameMailbox, type ReadOptions } from "../../lib/frame-mailbox.js";
import { type PairFramesOptions, pairFrames } from "../../lib/pair-frames.js";
import type { ClockEstimate } from "../../lib/telemetry/clock-offset.js";

/** A receiver whose frames the test makes. */
class FakeReceiver {
  senderClock: ClockEstimate | undefined;
  /** Frames whose memory nobody gave back. */
  held = 0;
  readonly #mailbox = new FrameMailbox();
  #sequence = 0;
  #onRead = (): void => {};

  read(options: ReadOptions): ReturnType<FrameMailbox["read"]> {
    this.#onRead();
    return this.#mailbox.read(options);
  }

  /** A frame, taken and received at such times; resolves when the next one is asked for. */
  async send(capturedAt: number | undefined, receivedAtMs = capturedAt ?? 0): Promise<void> {
    const wasRead = new Promise<void>((resolve) => {
      this.#onRead = resolve;
    });
    this.held++;
    const details = {
      ...{ width: 1, height: 1, pixelFormat: "gray" as const, sequence: this.#sequence++, receivedAtMs },
      ...{ decodedAtMs: receivedAtMs, ...(capturedAt !== undefined && { capturedAt }) },
    };
    this.#mailbox.put(new SharedPicture(details, Buffer.alloc(1), () => this.held--));
    await wasRead;
  }

  end(error: StreamError): void {
    this.#mailbox.close(error);
  }
}

const CLOSED = new StreamError("closed", "it was closed");

function both(options?: PairFramesOptions) {
  const [left, right] = [new FakeReceiver(), new FakeReceiver()];
  const pairs = pairFrames(left, right, options);
  const send = async (leftAt: number | undefined, rightAt: number | undefined): Promise<void> => {
    await left.send(leftAt);
    await right.send(rightAt);
  };
  return { left, right, pairs, send };
}

describe("pairFrames", () => {
  it("gives frames that were taken at the same time, with their skew", async () => {
    const { pairs, send, left } = both();
    await send(1_000, 1_004);
    const { value } = await pairs.next();
    expect(value?.left.capturedAt).toBe(1_000);
    expect(value?.right.capturedAt).toBe(1_004);
    expect(value?.skewMs).toBe(4);
    await left.send(1_033);
    expect(pairs.stats()).toEqual({
      ...{ by: "capture", pairs: 1, missed: 0, unpaired: { left: 0, right: 0 } },
      skewMs: { p50: 4, p95: 4, max: 4 },
    });
    await pairs.return();
  });

  it("pairs by arrival where a stream tells no capture time", async () => {
    const { pairs, left, right } = both();
    await left.send(undefined, 100);
    await right.send(9_000_000, 95);
    expect((await pairs.next()).value?.skewMs).toBe(-5);
    expect(pairs.stats().by).toBe("arrival");
    await pairs.return();
  });

  it("corrects capture times by what is known of the senders' clocks", async () => {
    const { pairs, left, right, send } = both();
    left.senderClock = { offsetMs: -500, uncertaintyMs: 1 };
    right.senderClock = { offsetMs: 500, uncertaintyMs: 1 };
    await send(1_000, 2_003);
    expect((await pairs.next()).value?.skewMs).toBe(3);
    await pairs.return();
  });

  it("takes the tolerance that it is given", async () => {
    const { pairs, send } = both({ toleranceMs: 3 });
    await send(1_000, 1_004);
    await send(1_033, 1_036);
    expect((await pairs.next()).value?.left.capturedAt).toBe(1_033);
    expect(pairs.stats().unpaired).toEqual({ left: 1, right: 1 });
    await pairs.return();
  });

  it("gives the newest pair to who is slow, and the memory of the others back", async () => {
    const { pairs, send, left, right } = both();
    for (let index = 0; index < 10; index++) await send(index * 33, index * 33 + 1);
    const { value } = await pairs.next();
    expect(value?.left.sequence).toBe(9);
    expect(pairs.stats()).toMatchObject({ pairs: 10, missed: 9 });
    await send(400, 401);
    await (await pairs.next()).value?.release();
    // The mailboxes hold the newest frames; the pair in hand is still ours.
    expect([left.held, right.held]).toEqual([2, 2]);
    value?.release();
    value?.release();
    expect([left.held, right.held]).toEqual([1, 1]);
    await pairs.return();
  });

  it("holds few frames when one side is silent, and goes on when it is back", async () => {
    const { pairs, send, left } = both();
    await send(0, 0);
    (await pairs.next()).value?.release();
    for (let index = 1; index <= 50; index++) await left.send(index * 33);
    expect(left.held).toBe(8);
    expect(pairs.stats().unpaired.left).toBe(42);
    await send(2_000, 2_000);
    expect((await pairs.next()).value?.left.capturedAt).toBe(2_000);
    await pairs.return();
  });

  it.each(["left", "right"] as const)(
    "ends when the %s receiver is closed, after the pair that waits",
    async (side) => {
      const { pairs, left, right, send } = both();
      await send(0, 0);
      await left.send(33);
      const other = { left: right, right: left }[side];
      ({ left, right })[side].end(CLOSED);
      const seen: number[] = [];
      for await (const { skewMs } of pairs) seen.push(skewMs);
      expect(seen).toEqual([0]);
      expect(pairs.stats().unpaired.left).toBe(1);
      void other.send(66);
      expect((await pairs.next()).done).toBe(true);
    },
  );

  it("throws what ended a receiver, once", async () => {
    const { pairs, left } = both();
    const next = pairs.next();
    left.end(new StreamError("unauthorized", "the password was refused"));
    await expect(next).rejects.toMatchObject({ code: "unauthorized" });
    expect(await pairs.next()).toEqual({ done: true, value: undefined });
  });

  it("gives all memory back, and reads no more, when a loop is left", async () => {
    const { pairs, send, left, right } = both();
    await send(0, 0);
    await send(33, 90);
    for await (const pair of pairs) {
      pair.release();
      break;
    }
    // What is left is held by the mailboxes.
    expect([left.held, right.held]).toEqual([1, 1]);
    void send(120, 120);
    expect(await pairs.next()).toEqual({ done: true, value: undefined });
    expect(pairs.stats().pairs).toBe(1);
  });

  it("ends with the signal, also for those who wait", async () => {
    const abort = new AbortController();
    const { pairs, left } = both({ signal: abort.signal });
    const waiting = [pairs.next(), pairs.next()];
    await left.send(0);
    abort.abort(new Error("enough"));
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(pairs.stats().unpaired).toEqual({ left: 1, right: 0 });
  });

  it("lets go of the signal when it ends by itself", async () => {
    const { signal } = new AbortController();
    const { pairs } = both({ signal });
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await pairs.return();
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("is over at once where the signal has aborted before", async () => {
    const { pairs } = both({ signal: AbortSignal.abort() });
    expect((await pairs.next()).done).toBe(true);
  });

  it("ends with its scope, more than once", async () => {
    const { pairs } = both();
    {
      await using scoped = pairs;
      expect(scoped[Symbol.asyncIterator]()).toBe(pairs);
    }
    await pairs.return();
    expect((await pairs.next()).done).toBe(true);
  });

  it.each([
    { options: { toleranceMs: -1 }, said: /^toleranceMs = -1: must be from 0 to 1000 milliseconds$/ },
    { options: { toleranceMs: Number.NaN }, said: /^toleranceMs = NaN: must be/ },
    { options: { toleranceMs: 1_001 }, said: /^toleranceMs = 1001: must be/ },
    { options: { tolerance: 5 }, said: /"tolerance"/ },
  ])("refuses $options", ({ options, said }) => {
    expect(() => both(options as PairFramesOptions)).toThrow(said);
    expect(() => both(options as PairFramesOptions)).toThrow(StreamError);
  });
});
