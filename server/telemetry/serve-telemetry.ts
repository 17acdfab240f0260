import type { Server } from "socket.io";
import type { Clock } from "../../lib/clock.js";
import type { MavlinkMessage } from "../../lib/telemetry/mavlink-message.js";
import type { TelemetryClientEvents, TelemetryServerEvents } from "../../lib/telemetry/telemetry-protocol.js";
import type { TelemetrySnapshot } from "../../lib/telemetry/telemetry-snapshot.js";
import { roomsOf } from "./message-rooms.js";
import type { TelemetrySource } from "./telemetry-source.js";
import { type TelemetrySocket, TelemetryViewer } from "./telemetry-viewer.js";

/** A server of socket.io, perhaps with other events beside. */
export type TelemetryIo = Server<TelemetryClientEvents, TelemetryServerEvents>;

/** Figures of {@link ServedTelemetry}; counts run from the beginning. */
export interface ServedTelemetryStats {
  viewers: number;
  /** Those of them who asked for messages. */
  subscribers: number;
  /** What viewers were not sent because they were slow, all together. */
  droppedSnapshots: number;
  droppedMessages: number;
  /** What viewers said that cannot be understood. */
  badEvents: number;
}

/** Telemetry that is served until `close()`. */
export class ServedTelemetry {
  readonly #io: TelemetryIo;
  readonly #source: TelemetrySource;
  readonly #clock: Clock;
  readonly #viewers = new Set<TelemetryViewer>();
  #droppedSnapshots = 0;
  #droppedMessages = 0;
  #badEvents = 0;

  /** `io` and `source` stay their owner's. */
  constructor(io: TelemetryIo, source: TelemetrySource, { clock }: { clock: Clock }) {
    this.#io = io;
    this.#source = source;
    this.#clock = clock;
    io.on("connection", this.#accept);
    source.on("snapshot", this.#sendSnapshot);
    source.on("message", this.#sendMessage);
  }

  stats(): ServedTelemetryStats {
    const [viewers, subscribers] = [this.#viewers.size, this.#subscribers().length];
    const [droppedSnapshots, droppedMessages] = [this.#droppedSnapshots, this.#droppedMessages];
    return { viewers, subscribers, droppedSnapshots, droppedMessages, badEvents: this.#badEvents };
  }

  /** Serves no more; connections stay. Idempotent. */
  close(): void {
    this.#io.off("connection", this.#accept);
    this.#source.off("snapshot", this.#sendSnapshot);
    this.#source.off("message", this.#sendMessage);
    for (const viewer of this.#viewers) viewer.close();
    this.#viewers.clear();
  }

  readonly #accept = (socket: TelemetrySocket): void => {
    const onBadEvent = (): void => {
      this.#badEvents += 1;
    };
    const viewer = new TelemetryViewer(socket, { source: this.#source, clock: this.#clock, onBadEvent });
    this.#viewers.add(viewer);
    socket.on("disconnect", () => {
      viewer.close();
      this.#viewers.delete(viewer);
    });
  };

  readonly #sendSnapshot = (snapshot: TelemetrySnapshot): void => {
    const slow = [...this.#viewers].filter((viewer) => !viewer.takesSnapshot);
    this.#droppedSnapshots += slow.length;
    // Not by each viewer's own connection: this way it is written out only once.
    this.#io.except(ids(slow)).emit("telemetry", snapshot);
    for (const viewer of this.#viewers) viewer.snapshotSent();
  };

  readonly #sendMessage = (message: MavlinkMessage): void => {
    const subscribers = this.#subscribers();
    if (subscribers.length === 0) return;
    const rooms = roomsOf(message);
    const slow = subscribers.filter((viewer) => !viewer.takesMessage);
    this.#droppedMessages += slow.filter((viewer) => viewer.rooms.some((room) => rooms.includes(room))).length;
    this.#io.to(rooms).except(ids(slow)).emit("message", message);
  };

  #subscribers(): TelemetryViewer[] {
    return [...this.#viewers].filter(({ rooms }) => rooms.length > 0);
  }
}

/**
 * Serves telemetry to everybody who connects to `io`; several can serve the same. A viewer that is slow is sent less and
 * nothing late: at most one snapshot and 200 messages wait for it.
 */
export function serveTelemetry(io: TelemetryIo, source: TelemetrySource, options: { clock: Clock }): ServedTelemetry {
  return new ServedTelemetry(io, source, options);
}

function ids(viewers: readonly TelemetryViewer[]): string[] {
  return viewers.map(({ id }) => id);
}
