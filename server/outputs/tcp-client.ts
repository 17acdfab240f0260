import type { Socket } from "node:net";
import type { Clock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { delimiter } from "./delimiter.js";
import { isRawCodec } from "./raw-codec.js";
import { ViewerConnection } from "./viewer-connection.js";

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
  readonly #options: TcpClientOptions;
  readonly #connection: ViewerConnection;
  #mode: "joining" | "flowing" | "skipping" = "joining";

  constructor(options: TcpClientOptions) {
    this.#options = options;
    this.#connection = new ViewerConnection(options);
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
    if (!this.#options.socket.writable) return;
    this.#connection.pictureCame();
    const { full } = this.#connection;
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
    this.#options.counters.sentBytes += this.#connection.write(buffers);
  }
}
