import { randomInt } from "node:crypto";
import type { Clock } from "../../lib/clock.js";
import type { ChunkedClient } from "./chunked-client.js";
import type { ChunkedClients } from "./chunked-clients.js";
import { EgressBudget } from "./egress-budget.js";
import { FrameWires } from "./frame-wires.js";
import { UnprovenBudget } from "./unproven-budget.js";

/** Of the time to the next picture, a frame may take so much; what is left is for late timers. */
const SPREAD = 2 / 3;
/** Until it is known: 30 pictures a second. */
const FIRST_INTERVAL_MS = 33;
const LONGEST_INTERVAL_MS = 1_000;

/** What a {@link FrameSender} works with. */
export interface FrameSenderOptions {
  clients: ChunkedClients;
  clock: Clock;
  /** All clients together, in millions of bits a second. */
  maxMbps: number;
  counters: FrameCounters;
  /** A picture is larger than the protocol knows. */
  onTooLarge(bytes: number): void;
}

/** What the runs of an output count together. */
export interface FrameCounters {
  sentBytes: number;
  droppedUnits: number;
}

/** Sends each picture to all clients, or leaves it out whole where a client is behind or a bound is reached. */
export class FrameSender {
  readonly #options: FrameSenderOptions;
  readonly #egress: EgressBudget;
  readonly #unproven: UnprovenBudget;
  /** Begins anywhere, so that a receiver does not take a server that was started again for the one before. */
  #frameId = randomInt(2 ** 31);
  #pictureAtMs: number | undefined;
  #intervalMs = FIRST_INTERVAL_MS;

  constructor(options: FrameSenderOptions) {
    this.#options = options;
    this.#egress = new EgressBudget(options.clock, options.maxMbps);
    this.#unproven = new UnprovenBudget(options.clock);
  }

  /** Sends the camera's next picture. */
  picture(jpeg: Buffer): void {
    this.#measure();
    const wires = new FrameWires(this.#frameId, jpeg);
    this.#frameId = (this.#frameId + 1) % 2 ** 32;
    for (const client of this.#options.clients.inTurn()) this.#send(client, wires, jpeg.length);
  }

  /** Forgets what need not be remembered; called now and then. */
  sweep(): void {
    this.#unproven.sweep();
  }

  #send(client: ChunkedClient, wires: FrameWires, pictureBytes: number): void {
    const { counters, onTooLarge } = this.#options;
    const wire = wires.as(client.payload);
    if (!wire) onTooLarge(pictureBytes);
    else if (!client.behind) {
      // What a stranger is spared is no loss of anybody.
      if (!client.proven && !this.#unproven.take(client.owner, wire.bytes)) return;
      if (this.#egress.take(wire.bytes)) {
        counters.sentBytes += wire.bytes;
        client.send(wire, this.#intervalMs * SPREAD);
        return;
      }
    }
    counters.droppedUnits += 1;
  }

  #measure(): void {
    const nowMs = this.#options.clock.now();
    const sinceMs = Math.min(nowMs - (this.#pictureAtMs ?? nowMs - FIRST_INTERVAL_MS), LONGEST_INTERVAL_MS);
    this.#pictureAtMs = nowMs;
    this.#intervalMs += (sinceMs - this.#intervalMs) / 8;
  }
}
