import { EventEmitter } from "eventemitter3";
import type { MavlinkMessage } from "../../lib/telemetry/mavlink-message.js";
import type { TelemetryClient } from "../../lib/telemetry/telemetry-client.js";
import type { TelemetryHello } from "../../lib/telemetry/telemetry-protocol.js";
import type { TelemetrySnapshot } from "../../lib/telemetry/telemetry-snapshot.js";
import type { TelemetrySource, TelemetrySourceEvents } from "./telemetry-source.js";

const RATE_HZ = 10;

/** Another machine's telemetry, to be served on from here: with its times by this machine's clock. */
export class RelayedTelemetry extends EventEmitter<TelemetrySourceEvents> implements TelemetrySource {
  readonly #client: TelemetryClient;
  #hello: TelemetryHello;

  /** @param client stays its owner's to close; it is asked for the messages that are to be passed on */
  constructor(client: TelemetryClient) {
    super();
    this.#client = client;
    this.#hello = { version: 1, rateHz: RATE_HZ, link: client.url };
    client.on("hello", (hello) => {
      this.#hello = hello;
    });
    client.on("telemetry", (snapshot) => this.emit("snapshot", this.#ownTimes(snapshot)));
    client.on("message", (message) => this.emit("message", this.#ownTime(message)));
  }

  get hello(): TelemetryHello {
    return this.#hello;
  }

  get latest(): TelemetrySnapshot | undefined {
    const { latest, state } = this.#client;
    // What was true before the connection was lost may not be so now.
    return latest && state.name === "connected" ? this.#ownTimes(latest) : undefined;
  }

  #ownTimes(snapshot: TelemetrySnapshot): TelemetrySnapshot {
    const { vehicle } = snapshot;
    const statusText = vehicle?.statusText && this.#ownTime(vehicle.statusText);
    return { ...this.#ownTime(snapshot), vehicle: vehicle && { ...vehicle, statusText: statusText ?? null } };
  }

  /** Until the clocks are compared, which takes a moment, theirs is taken for ours. */
  #ownTime<T extends TelemetrySnapshot | MavlinkMessage | { atMs: number }>(told: T): T {
    return { ...told, atMs: told.atMs - (this.#client.clockOffset?.offsetMs ?? 0) };
  }
}
