import { createHash } from "node:crypto";
import { expect, vi } from "vitest";
import { Receiver, type ReceiverOptions } from "../../lib/index.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import type { Finished } from "./peer-program.js";

/** A frame that was seen. */
export interface ReceivedFrame {
  /** Read from its pixels. */
  number: number | undefined;
  /** MD5 of its pixels as yuv420p. */
  hash: string;
  /** Monotonic. */
  atMs: number;
}

const PATIENCE = { timeout: 25_000, interval: 10 };

/** What a Receiver shows until its test is over. */
export class ReceivedFrames {
  readonly receiver: Receiver;
  readonly all: ReceivedFrame[] = [];

  constructor(url: string, finished: Finished, options: ReceiverOptions = {}) {
    this.receiver = new Receiver(url, { hwaccel: "none", pixelFormat: "yuv420p", ...options });
    finished(() => this.receiver.close());
    this.receiver.on("frame", ({ data, width, height }) => {
      const number = readFrameCounter(data, width, height, 1);
      this.all.push({ number, hash: createHash("md5").update(data).digest("hex"), atMs: performance.now() });
    });
  }

  /** Resolves with the answer as soon as it is one; an error that ends the Receiver rejects. */
  async until<Answer>(ask: () => Answer): Promise<NonNullable<Answer>> {
    const { receiver } = this;
    const answer = await vi.waitUntil(() => receiver.state.name === "closed" || ask(), PATIENCE);
    if (receiver.state.name === "closed" && receiver.state.error) throw receiver.state.error;
    return answer as NonNullable<Answer>;
  }

  /** Resolves when it has shown so many more. */
  async given(count: number): Promise<void> {
    const end = this.all.length + count;
    await this.until(() => this.all.length >= end);
  }

  /** Every frame is, pixel for pixel, the picture whose number it bears, and they come in order. */
  expectWhole(hashes: readonly string[]): void {
    expect(this.all.filter(({ number, hash }) => hashes[number ?? -1] !== hash)).toEqual([]);
    this.expectInOrder(hashes.length);
  }

  /** Every frame can be read, and is later than the one before, on a tape of so many that starts again. */
  expectInOrder(length: number): void {
    expect(this.all.filter(({ number }) => number === undefined)).toEqual([]);
    const steps = this.all.slice(1).map(({ number }, index) => forward(this.all[index]?.number, number, length));
    expect(steps.filter((step) => step < 1 || step > length / 2)).toEqual([]);
  }
}

/** From one number to another. */
function forward(from = 0, to = 0, length: number): number {
  return (to - from + length) % length;
}
