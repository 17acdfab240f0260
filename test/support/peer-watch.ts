import { createInterface } from "node:readline";
import { expect, vi } from "vitest";
import type { ChildProcess } from "../../lib/child-process.js";
import type { ReceiverState, ReceiverStats } from "../../lib/index.js";

/** A frame that a Receiver in another process gave. */
export interface SeenFrame {
  /** Wall clock. */
  atMs: number;
  /** Read from its pixels. */
  number?: number;
  /** MD5 of its pixels. */
  hash: string;
  /** Since it was sent; absent without frame stamps. */
  ageMs?: number;
}

type Event =
  | ({ kind: "frame" } & SeenFrame)
  | { kind: "stats"; stats: ReceiverStats }
  | ({ kind: "state" } & SeenState)
  | { kind: "ready" };

/** What a Receiver in another process became. */
export interface SeenState {
  name: ReceiverState["name"];
  /** Wall clock. */
  atMs: number;
}

const LOOK = { timeout: 60_000, interval: 20 };

/** What test/peers/network-receiver.mjs tells of its Receiver, and network-gateway.mjs of its first camera's. */
export class ReceiverWatch {
  readonly frames: SeenFrame[] = [];
  readonly states: SeenState[] = [];
  /** Only of a gateway: it listens. */
  ready = false;
  /** The last that it told, every second. */
  stats: ReceiverStats | undefined;
  readonly #peer: ChildProcess;
  #exited = false;

  constructor(peer: ChildProcess) {
    this.#peer = peer;
    void peer.exited.then(() => {
      this.#exited = true;
    });
    createInterface(peer.stdout).on("line", (line) => this.#note(JSON.parse(line) as Event));
  }

  /** Resolves with the answer as soon as it is one; a Receiver that has died gives none. */
  async until<Answer>(ask: () => Answer): Promise<NonNullable<Answer>> {
    const answer = await vi.waitUntil(() => this.#exited || ask(), LOOK);
    if (this.#exited) throw this.#peer.failure(await this.#peer.exited);
    return answer as NonNullable<Answer>;
  }

  /** Resolves when it has given so many more frames. */
  async given(count: number): Promise<void> {
    const end = this.frames.length + count;
    await this.until(() => this.frames.length >= end);
  }

  /** The first frame that it gave after that moment. */
  firstAfter(atMs: number): Promise<SeenFrame> {
    return this.until(() => this.frames.find((frame) => frame.atMs > atMs));
  }

  /** Every frame is, pixel for pixel, the picture whose number it bears. */
  expectWhole(hashes: readonly string[]): void {
    expect(this.frames.filter(({ number, hash }) => hashes[number ?? -1] !== hash)).toEqual([]);
  }

  #note(event: Event): void {
    if (event.kind === "frame") this.frames.push(event);
    else if (event.kind === "state") this.states.push(event);
    else if (event.kind === "ready") this.ready = true;
    else this.stats = event.stats;
  }
}
