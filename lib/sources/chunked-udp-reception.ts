import { challengeMessage, isRegistered, parseChallenge } from "../chunked-udp/client-message.js";
import { FrameAssembler } from "../chunked-udp/frame-assembler.js";
import { isChunk, isFrameStart } from "../chunked-udp/server-message.js";
import type { Clock, Timer } from "../clock.js";
import type { StreamError } from "../errors.js";
import type { Logger } from "../logger.js";
import { readJpegPayload } from "../pickle/read-jpeg-payload.js";
import type { SourceSink } from "./source.js";

const LOOK_MS = 250;

/** How a {@link ChunkedUdpReception} is made. */
export interface ChunkedUdpReceptionOptions {
  clock: Clock;
  logger: Logger;
  sink: SourceSink;
  /** The server said something that it can only have said to us. */
  onHeard(): void;
  /** Sends a datagram to the server. */
  send(message: Buffer): void;
}

/** Reads what a server says: frames become access units, its challenges are answered. */
export class ChunkedUdpReception {
  readonly #options: ChunkedUdpReceptionOptions;
  readonly #assembler: FrameAssembler;
  readonly #look: Timer;
  /** Time in which the event loop ran: datagrams that came while it did not wait in the socket, and are not late. */
  #watchedMs = 0;
  #lookedAtMs: number;
  #refusalTold = false;

  constructor(options: ChunkedUdpReceptionOptions) {
    this.#options = options;
    const { clock, sink } = options;
    this.#assembler = new FrameAssembler({
      frame: (frame) => this.#frame(frame),
      lost: (count) => sink.lost(count),
      discarded: (bytes) => sink.discarded(bytes),
      restarted: () => sink.restarted(),
    });
    this.#lookedAtMs = clock.now();
    this.#look = clock.every(LOOK_MS, () => {
      this.#watchedMs = this.#now();
      this.#lookedAtMs = clock.now();
      this.#assembler.expire(this.#watchedMs);
    });
  }

  /** Takes a datagram of the server. */
  datagram(datagram: Buffer): void {
    const { sink, onHeard, send } = this.#options;
    const isFrame = isChunk(datagram) || isFrameStart(datagram);
    const nonce = isFrame ? undefined : parseChallenge(datagram);
    const isKnown = isFrame || nonce !== undefined || isRegistered(datagram);
    if (isKnown) onHeard();
    sink.bytes(datagram.length);
    if (isFrame) this.#assembler.take(datagram, this.#now());
    else if (nonce !== undefined) send(challengeMessage(nonce));
    else if (!isKnown) sink.discarded(datagram.length);
  }

  close(): void {
    this.#look.cancel();
  }

  #now(): number {
    return this.#watchedMs + Math.min(LOOK_MS, this.#options.clock.now() - this.#lookedAtMs);
  }

  #frame(frame: Buffer): void {
    const { clock, logger, sink } = this.#options;
    try {
      const data = readJpegPayload(frame);
      sink.unit({ codec: "mjpeg", data, keyframe: true, receivedAtMs: clock.now() });
    } catch (error) {
      sink.lost(1);
      if (!this.#refusalTold) logger.warn({}, `a frame cannot be read: ${(error as StreamError).message}`);
      this.#refusalTold = true;
    }
  }
}
