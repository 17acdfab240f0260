import type { Socket } from "node:net";
import type { Clock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { BoundedWriter } from "./bounded-writer.js";
import { delimiter } from "./delimiter.js";
import { isRawCodec } from "./raw-codec.js";

/**
 * One that has shut down its own direction may still watch, or be gone: only what is sent to it shows which. While no
 * picture comes for so long, it is taken to be gone. Longer than between two pictures at one a second.
 */
const ENDED_SILENT_MS = 2_000;
/** What is read of a client's own words between two looks at its progress, which come every 100 ms. */
const MAX_RECEIVED_BYTES = 64 * 1024;

/** What clients of one output count together. */
export interface TcpCounters {
  sentBytes: number;
  droppedUnits: number;
}

/** One connection and how it is served. */
export interface TcpClientOptions {
  socket: Socket;
  clock: Clock;
  maxBacklogMs: number;
  counters: TcpCounters;
  /** It took nothing for 10 s and is closed now. */
  onSilent(): void;
}

/**
 * One TCP connection that is sent a byte stream. It never waits: a client whose oldest byte on the way is older than
 * `maxBacklogMs` is given nothing more before the next keyframe, and only once all of that has arrived.
 */
export class TcpClient {
  readonly socket: Socket;
  readonly #options: TcpClientOptions;
  readonly #writer: BoundedWriter;
  #mode: "joining" | "flowing" | "skipping" = "joining";
  #pictureAtMs: number;
  #ended = false;
  #receivedBytes = 0;

  constructor(options: TcpClientOptions) {
    this.#options = options;
    this.socket = options.socket;
    this.#pictureAtMs = options.clock.now();
    this.#writer = new BoundedWriter({ ...options, onLook: (nowMs) => this.#look(nowMs) });
    this.socket.on("data", (bytes) => this.#ignore(bytes.length));
    this.socket.on("end", () => {
      this.#ended = true;
    });
    // A client that goes away without a word is nothing unusual; what matters is that it is gone.
    this.socket.on("error", () => {});
  }

  /** Gives it the current group of pictures, in one write. */
  join(units: readonly AccessUnit[]): void {
    const first = units[0];
    // What cannot go this way ends the output with the next unit.
    if (!first || !isRawCodec(first.codec)) return;
    const end = delimiter(first.codec);
    this.#mode = "flowing";
    this.#write([end, ...units.flatMap((unit) => [unit.data, end])]);
  }

  /** The next access unit of the stream; `wire` is its bytes with what follows them, shared between clients. */
  send(unit: AccessUnit, wire: Buffer): void {
    if (!this.socket.writable) return;
    this.#pictureAtMs = this.#options.clock.now();
    const { full } = this.#writer;
    if (this.#mode === "flowing" && !full) {
      this.#write([wire]);
    } else if (unit.keyframe && !full) {
      const first = this.#mode === "joining";
      this.#mode = "flowing";
      this.#write(first ? [delimiter(unit.codec), wire] : [wire]);
    } else if (this.#mode !== "joining") {
      this.#mode = "skipping";
      this.#options.counters.droppedUnits += 1;
    }
  }

  #write(buffers: readonly Buffer[]): void {
    this.#options.counters.sentBytes += this.#writer.write(buffers);
  }

  #look(nowMs: number): void {
    this.#listenOn();
    if (this.#ended && this.#writer.empty && nowMs - this.#pictureAtMs >= ENDED_SILENT_MS) this.socket.destroy();
  }

  /** A viewer has nothing to tell, and one that talks all the same is not read faster than this. */
  #ignore(bytes: number): void {
    this.#receivedBytes += bytes;
    if (this.#receivedBytes > MAX_RECEIVED_BYTES) this.socket.pause();
  }

  /** Its end comes behind everything that it said. */
  #listenOn(): void {
    this.#receivedBytes = 0;
    if (this.socket.isPaused()) this.socket.resume();
  }
}
