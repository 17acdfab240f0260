import type { Socket } from "socket.io";
import type { Clock } from "../../lib/clock.js";
import type { TelemetryClientEvents, TelemetryServerEvents } from "../../lib/telemetry/telemetry-protocol.js";
import { subscribedRooms } from "./message-rooms.js";
import type { TelemetrySource } from "./telemetry-source.js";
import { WaitingPackets } from "./waiting-packets.js";

/** Several messages come in one datagram; this is a second of a busy link. */
const MOST_WAITING_MESSAGES = 200;

/** A viewer's connection. */
export type TelemetrySocket = Socket<TelemetryClientEvents, TelemetryServerEvents>;

/** What a {@link TelemetryViewer} is served. */
export interface TelemetryViewerOptions {
  source: TelemetrySource;
  clock: Clock;
  /** Told about an event that cannot be understood. */
  onBadEvent(): void;
}

/** Somebody who views telemetry: what it asked for, and whether it takes what it is sent. */
export class TelemetryViewer {
  readonly id: string;
  readonly #socket: TelemetrySocket;
  readonly #options: TelemetryViewerOptions;
  readonly #waiting: WaitingPackets;
  #rooms: readonly string[] = [];
  /** How much the connection had taken when it was last sent a snapshot that had to wait. */
  #snapshotAt = -1;
  readonly #tellTime = (answer: unknown): void => {
    const { clock, onBadEvent } = this.#options;
    const receivedAtMs = clock.wallNow();
    if (typeof answer === "function") answer({ receivedAtMs, sentAtMs: clock.wallNow() });
    else onBadEvent();
  };
  readonly #subscribe = (which: unknown): void => {
    const rooms = subscribedRooms(which);
    if (rooms) this.#move(rooms);
    else this.#options.onBadEvent();
  };

  /** Greets it, and tells it what is known already. */
  constructor(socket: TelemetrySocket, options: TelemetryViewerOptions) {
    const { hello, latest } = options.source;
    this.id = socket.id;
    this.#socket = socket;
    this.#options = options;
    this.#waiting = new WaitingPackets(socket.conn);
    socket.on("clock", this.#tellTime).on("subscribe", this.#subscribe);
    socket.emit("hello", hello);
    if (!latest) return;
    socket.emit("telemetry", latest);
    this.snapshotSent();
  }

  /** In which it hears messages; empty: none. */
  get rooms(): readonly string[] {
    return this.#rooms;
  }

  /** Whether it has taken the last snapshot. */
  get takesSnapshot(): boolean {
    return this.#snapshotAt !== this.#waiting.taken;
  }

  /** Whether not too much waits for it. */
  get takesMessage(): boolean {
    return this.#waiting.count < MOST_WAITING_MESSAGES;
  }

  /** It was sent a snapshot, or that waits now. */
  snapshotSent(): void {
    if (this.#waiting.count > 0) this.#snapshotAt = this.#waiting.taken;
  }

  /** Leaves it alone; its connection stays. */
  close(): void {
    this.#waiting.stop();
    this.#socket.off("clock", this.#tellTime).off("subscribe", this.#subscribe);
    this.#move([]);
  }

  #move(rooms: string[]): void {
    for (const room of this.#rooms) void this.#socket.leave(room);
    this.#rooms = rooms;
    if (rooms.length > 0) void this.#socket.join(rooms);
  }
}
