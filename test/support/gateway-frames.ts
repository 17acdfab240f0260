import { expect, vi } from "vitest";
import type { ReceiverOptions } from "../../lib/options.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { Gateway, type GatewayOptions } from "../../server/index.js";
import type { Finished } from "./peer-program.js";
import { RecordingLogger } from "./recording-logger.js";

const PATIENCE = { timeout: 60_000, interval: 20 };
const OWN: ReceiverOptions = { hwaccel: "none", pixelFormat: "gray" };

/** The numbers of the pictures that a gateway receives from cameras that push, read from their pixels. */
export class GatewayFrames {
  readonly logger = new RecordingLogger();
  readonly gateway: Gateway;
  readonly #numbers = new Map<string, (number | undefined)[]>();

  private constructor(options: GatewayOptions) {
    this.gateway = new Gateway({
      ...{ host: "127.0.0.1", port: 0, rtspPort: null, logger: this.logger, receiver: OWN },
      ...options,
    });
    this.gateway.on("camera", ({ id, receiver }) => {
      receiver.on("frame", (frame) => {
        this.of(id).push(readFrameCounter(frame.data, frame.width, frame.height, 1));
        frame.release();
      });
    });
  }

  /** Starts a gateway that is closed when its test is over. */
  static async start(finished: Finished, options: GatewayOptions = {}): Promise<GatewayFrames> {
    const frames = new GatewayFrames(options);
    finished(() => frames.gateway.close());
    await frames.gateway.ready;
    return frames;
  }

  /** Where it listens, without a slash behind. */
  get origin(): string {
    return this.gateway.url.slice(0, -1).replace("localhost", "127.0.0.1");
  }

  /** All numbers of a camera; undefined stands for a picture that cannot be read. */
  of(id: string): (number | undefined)[] {
    const known = this.#numbers.get(id) ?? [];
    this.#numbers.set(id, known);
    return known;
  }

  /** The next so many numbers of a camera. */
  async next(id: string, count: number): Promise<(number | undefined)[]> {
    const from = this.of(id).length;
    await vi.waitUntil(() => this.of(id).length >= from + count, PATIENCE);
    return this.of(id).slice(from, from + count);
  }

  /** Resolves with the answer as soon as it is one. */
  until<Answer>(ask: () => Answer): Promise<unknown> {
    return vi.waitUntil(ask, PATIENCE);
  }
}

/**
 * Each picture can be read, and is later than the one before, on a tape of so many that starts again: none comes twice,
 * and none late. On a busy machine many may be passed over until there is a keyframe.
 */
export function expectForward(numbers: readonly (number | undefined)[], length: number): void {
  const steps = numbers
    .slice(1)
    .map((number = Number.NaN, index) => (number - (numbers[index] ?? Number.NaN) + length) % length);
  expect(steps.filter((step) => !(step >= 1 && step < 0.9 * length))).toEqual([]);
}
