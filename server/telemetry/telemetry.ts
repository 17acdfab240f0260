import { EventEmitter } from "eventemitter3";
import type { Timer } from "../../lib/clock.js";
import type { StreamError } from "../../lib/errors.js";
import { type Attempt, keepRunning } from "../../lib/keep-running.js";
import type { MavlinkMessage } from "../../lib/telemetry/mavlink-message.js";
import type { TelemetryHello } from "../../lib/telemetry/telemetry-protocol.js";
import type { TelemetrySnapshot } from "../../lib/telemetry/telemetry-snapshot.js";
import { FailureLog } from "../failure-log.js";
import { MachineHealthWatch } from "./machine-health.js";
import { MAV_AUTOPILOT, MAV_TYPE } from "./mavlink/enum-names.generated.js";
import { MavlinkParser } from "./mavlink/mavlink-parser.js";
import { openTelemetryLink } from "./open-telemetry-link.js";
import type { LinkPeer, LinkSink, TelemetryLink } from "./telemetry-link.js";
import { type ResolvedTelemetryOptions, resolveTelemetryOptions, type TelemetryOptions } from "./telemetry-options.js";
import type { TelemetrySource } from "./telemetry-source.js";
import type { TelemetryEvents, TelemetryLinkState, TelemetryStats } from "./telemetry-state.js";
import { VehicleMonitor } from "./vehicle-monitor.js";
import type { VehicleIdentity } from "./vehicle-state.js";

/** A serial port that was unplugged, or a router that restarts, is back within seconds. */
const RETRY = { minDelayMs: 100, maxDelayMs: 2_000 };
/** Noise before the first packet is shorter. */
const HINT_BYTES = 2_000;

/**
 * What a sender knows of its vehicle, by MAVLink, and of its own machine. It runs from its construction to `close()`, and
 * opens its link again whenever that fails; without a vehicle it tells the machine's health alone.
 *
 * @example
 * await using telemetry = new Telemetry({ link: "mavlink-udp://:14550" });
 * telemetry.on("snapshot", ({ vehicle }) => console.log(vehicle?.mode));
 */
export class Telemetry extends EventEmitter<TelemetryEvents> implements TelemetrySource, AsyncDisposable {
  /** What viewers are told first. */
  readonly hello: TelemetryHello;
  readonly #options: ResolvedTelemetryOptions;
  readonly #parser: MavlinkParser;
  readonly #monitor: VehicleMonitor;
  readonly #health: MachineHealthWatch;
  readonly #failures = new FailureLog((error) => this.#warn(error));
  readonly #timer: Timer;
  readonly #end = new AbortController();
  readonly #done: Promise<void>;
  #linkState: TelemetryLinkState;
  #latest: TelemetrySnapshot;
  #hinted = false;

  /** @throws StreamError `invalid-option`, `invalid-url` */
  constructor(options: TelemetryOptions = {}) {
    super();
    this.#options = resolveTelemetryOptions(options);
    const { clock, rateHz, link } = this.#options;
    const opened = link === undefined ? undefined : openTelemetryLink(link);
    this.hello = { version: 1, rateHz, link: link ?? null };
    this.#parser = new MavlinkParser({ now: () => clock.wallNow() });
    const onChange = (change: { vehicle: VehicleIdentity; heard: boolean }): void => this.#tellVehicle(change);
    this.#monitor = new VehicleMonitor({ rateHz, clock, onChange });
    this.#health = new MachineHealthWatch({ clock });
    this.#latest = this.#look();
    this.#timer = clock.every(1_000 / rateHz, () => this.#snapshot());
    this.#linkState = opened ? "opening" : "none";
    this.#done = opened ? this.#run(opened) : Promise.resolve();
  }

  /** The newest snapshot; `atMs` tells when it was made. */
  get latest(): TelemetrySnapshot {
    return this.#latest;
  }

  /** Figures of this moment. */
  stats(): TelemetryStats {
    const { link } = this.hello;
    const restarts = { ...this.#failures.restarts };
    return { link, linkState: this.#linkState, restarts, mavlink: this.#parser.counters };
  }

  /** Ends it; resolves when the link is closed. Idempotent. */
  close(): Promise<void> {
    this.#timer.cancel();
    this.#monitor.close();
    this.#health.close();
    this.#end.abort();
    return this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(link: TelemetryLink): Promise<void> {
    // Whoever constructs it can listen before anything happens.
    await Promise.resolve();
    const [{ signal }, { clock }] = [this.#end, this.#options];
    const run = (attempt: Attempt): Promise<void> =>
      link.run(this.#sink(attempt), attempt.signal).finally(() => this.#monitor.closed());
    const onFailure = (error: StreamError): void => {
      this.#linkState = "opening";
      this.#failures.failed(error);
    };
    try {
      await keepRunning({ signal, clock, ...RETRY, run, onFailure });
      this.#linkState = "closed";
    } catch (error) {
      // The rest goes on: pictures and the machine's health are worth having without the vehicle's.
      this.#linkState = "failed";
      this.#warn(error as StreamError);
    }
  }

  #sink(attempt: Attempt): LinkSink {
    return {
      opened: (first) => {
        this.#linkState = "open";
        this.#monitor.opened(first);
      },
      datagram: (bytes, peer) => this.#received(this.#parser.datagram(bytes), peer, attempt),
      stream: (bytes, peer) => this.#received(this.#parser.stream(bytes), peer, attempt),
    };
  }

  #received(messages: MavlinkMessage[], peer: LinkPeer, attempt: Attempt): void {
    if (attempt.signal.aborted) return;
    if (messages.length === 0) return this.#hint();
    attempt.flowing();
    const failures = this.#failures.recovered();
    if (failures > 0) this.#options.logger.info({ failures }, `${this.hello.link}: MAVLink comes again`);
    for (const message of messages) {
      this.#monitor.heard(message, peer);
      this.emit("message", message);
    }
  }

  #hint(): void {
    const { packets, skippedBytes } = this.#parser.counters;
    if (this.#hinted || packets > 0 || skippedBytes < HINT_BYTES) return;
    this.#hinted = true;
    const hint = "is the baud rate right, and the port set to MAVLink?";
    this.#options.logger.warn({ skippedBytes }, `${this.hello.link}: bytes come, but no MAVLink; ${hint}`);
  }

  #snapshot(): void {
    this.#latest = this.#look();
    this.emit("snapshot", this.#latest);
  }

  #look(): TelemetrySnapshot {
    const vehicle = this.#monitor.snapshot();
    return { atMs: this.#options.clock.wallNow(), vehicle, health: this.#health.latest };
  }

  #tellVehicle({ vehicle: { systemId, type, autopilot }, heard }: { vehicle: VehicleIdentity; heard: boolean }): void {
    const [typeName, autopilotName] = [MAV_TYPE[type] ?? type, MAV_AUTOPILOT[autopilot] ?? autopilot];
    const what = heard ? `is heard: ${typeName}, ${autopilotName}` : "is silent";
    this.#options.logger.info({ systemId }, `${this.hello.link}: vehicle ${systemId} ${what}`);
  }

  #warn(warning: StreamError): void {
    const consequence = warning.retryable ? "; opening it again" : "; going on without a vehicle";
    this.#options.logger.warn({ code: warning.code, ...warning.details }, warning.message + consequence);
    this.emit("warning", warning);
  }
}
