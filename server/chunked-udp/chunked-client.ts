import { randomBytes } from "node:crypto";
import { challengeMessage, type Payload, REGISTERED } from "../../lib/chunked-udp/client-message.js";
import type { Clock } from "../../lib/clock.js";
import { EventBudget } from "../event-budget.js";
import type { ClientChannel } from "./client-channel.js";
import { FramePacer } from "./frame-pacer.js";
import type { FrameWire } from "./frame-wires.js";

const NONCE_BYTES = 9;
/** Answers to whoever says the same again and again, under an address that may be somebody else's. */
const ANSWERS = { burst: 4, perSecond: 1 };

/** One client and how it is served. */
export interface ChunkedClientOptions {
  /** Names it to people. */
  name: string;
  /** Whom its address belongs to. */
  owner: string;
  /** Its address is of a private network: it is believed without an answer to the challenge. */
  isPrivate: boolean;
  channel: ClientChannel;
  clock: Clock;
  /** What it is sent first. */
  payload: Payload;
}

/** Somebody who registered, until it says goodbye, is silent for too long, or is found to be gone. */
export class ChunkedClient {
  readonly name: string;
  readonly owner: string;
  payload: Payload;
  readonly #options: ChunkedClientOptions;
  readonly #nonce = randomBytes(NONCE_BYTES).toString("base64url");
  readonly #answers: EventBudget;
  readonly #pacer: FramePacer;
  #heardAtMs: number;
  #answered = false;

  constructor(options: ChunkedClientOptions) {
    const { name, owner, payload, clock, channel } = options;
    this.name = name;
    this.owner = owner;
    this.payload = payload;
    this.#options = options;
    this.#answers = new EventBudget(clock, ANSWERS);
    this.#pacer = new FramePacer((datagram) => channel.send(datagram), clock);
    this.#heardAtMs = clock.now();
  }

  /** Whether it is sure that this client wants what it is sent, or its network is trusted. */
  get proven(): boolean {
    return this.#answered || this.#options.isPrivate;
  }

  /** Whether its frame before is not all on the way. */
  get behind(): boolean {
    return this.#pacer.busy || this.#options.channel.behind;
  }

  /** For how long it has said nothing, in milliseconds. */
  get silentMs(): number {
    return this.#options.clock.now() - this.#heardAtMs;
  }

  /** It asked for frames, for the first time or again. */
  registered(payload: Payload): void {
    this.#heardAtMs = this.#options.clock.now();
    this.payload = payload;
    this.#answer(true);
  }

  /** It says that it is there. */
  keptAlive(): void {
    this.#heardAtMs = this.#options.clock.now();
    // The question may have been lost, or its answer.
    if (!this.#answered) this.#answer(false);
  }

  /** It answers the challenge; a wrong answer is passed over. */
  challengeAnswered(nonce: string): void {
    if (nonce !== this.#nonce) return;
    this.#answered = true;
    this.#heardAtMs = this.#options.clock.now();
  }

  /** Sends a frame, spread over `spanMs` at most; it must not be behind. */
  send({ datagrams, bytes }: FrameWire, spanMs: number): void {
    this.#pacer.start(datagrams, { bytes, spanMs });
  }

  /** It is sent nothing more. */
  end(): void {
    this.#pacer.stop();
    this.#options.channel.end();
  }

  /** It ended before, and its socket is to be closed soon. */
  retire(): void {
    this.#options.channel.retire();
  }

  /** Resolves when its socket is gone; called once. */
  close(): Promise<void> {
    return this.#options.channel.close();
  }

  #answer(withConfirmation: boolean): void {
    if (!this.#answers.take()) return;
    const { channel } = this.#options;
    if (withConfirmation) channel.send(REGISTERED);
    if (!this.#answered) channel.send(challengeMessage(this.#nonce));
  }
}
