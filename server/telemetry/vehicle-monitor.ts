import type { Clock, Timer } from "../../lib/clock.js";
import type { MavlinkMessage } from "../../lib/telemetry/mavlink-message.js";
import type { VehicleTelemetry } from "../../lib/telemetry/telemetry-snapshot.js";
import { Companion } from "./companion.js";
import { MAV_TYPE } from "./mavlink/enum-names.generated.js";
import type { LinkPeer } from "./telemetry-link.js";
import { VehicleRequests } from "./vehicle-requests.js";
import { type VehicleIdentity, VehicleState } from "./vehicle-state.js";

const HEARTBEAT_MS = 1_000;
/** Then it is gone, and another may take its place. */
const SILENT_MS = 5_000;
/** Messages overtake each other by less. */
const REBOOT_MS = 1_000;
const NO_AUTOPILOT = 8;
/** As a system id: what is asked of it, every vehicle on the link would do. */
const EVERYBODY = 0;
/** They say HEARTBEAT as vehicles do, and some name an autopilot. */
const NO_VEHICLES: ReadonlySet<string | undefined> = new Set([
  ...["GCS", "GIMBAL", "CAMERA", "ONBOARD_CONTROLLER", "ANTENNA_TRACKER", "ADSB", "CHARGING_STATION", "FLARM", "SERVO"],
  ...["ODID", "BATTERY", "PARACHUTE", "LOG", "OSD", "IMU", "GPS", "WINCH", "RADIO"],
]);
/** Messages of autopilots that surely tell the time since their start. */
const TIMED: ReadonlySet<string> = new Set(["ATTITUDE", "GLOBAL_POSITION_INT", "SYSTEM_TIME"]);

interface Vehicle {
  identity: VehicleIdentity;
  state: VehicleState;
  requests: VehicleRequests;
  /** Who passed on its last message; undefined while the link is gone. */
  peer: LinkPeer | undefined;
  bootMs: number;
}

/** What a {@link VehicleMonitor} works with. */
export interface VehicleMonitorOptions {
  /** How often the vehicle is to tell its attitude, speed and position. */
  rateHz: number;
  clock: Clock;
  /** A vehicle is heard, or the one that was heard is silent. */
  onChange(change: { vehicle: VehicleIdentity; heard: boolean }): void;
}

/** Follows the first vehicle that is heard on a link, until it is silent; others are left alone meanwhile. */
export class VehicleMonitor {
  readonly #options: VehicleMonitorOptions;
  readonly #companion = new Companion();
  readonly #heartbeats: Timer;
  #first: LinkPeer | undefined;
  #vehicle: Vehicle | undefined;

  constructor(options: VehicleMonitorOptions) {
    this.#options = options;
    this.#heartbeats = options.clock.every(HEARTBEAT_MS, () => this.#tick());
  }

  /** The link is open; `first` is who can be spoken to before anything was heard. */
  opened(first: LinkPeer | undefined): void {
    this.#first = first;
    if (first) this.#companion.heartbeat(first);
  }

  /** The link is gone: there is nobody to speak to. */
  closed(): void {
    this.#first = undefined;
    if (this.#vehicle) this.#vehicle.peer = undefined;
  }

  /** Takes every message that comes. */
  heard(message: MavlinkMessage, peer: LinkPeer): void {
    this.#dropSilent();
    const vehicle = this.#vehicle ?? this.#found(message, peer);
    if (!vehicle || !isFrom(vehicle.identity, message)) return;
    vehicle.peer = peer;
    this.#watchForReboot(vehicle, message);
    vehicle.state.heard(message);
    vehicle.requests.heard(message);
  }

  /** The vehicle as of now; null while none is heard. */
  snapshot(): VehicleTelemetry | null {
    this.#dropSilent();
    return this.#vehicle?.state.snapshot() ?? null;
  }

  /** Idempotent. */
  close(): void {
    this.#vehicle?.requests.close();
    this.#heartbeats.cancel();
  }

  #tick(): void {
    this.#dropSilent();
    const peer = this.#vehicle?.peer ?? this.#first;
    if (peer) this.#companion.heartbeat(peer);
  }

  #dropSilent(): void {
    const vehicle = this.#vehicle;
    if (!vehicle || vehicle.state.ageMs < SILENT_MS) return;
    vehicle.requests.close();
    this.#vehicle = undefined;
    this.#options.onChange({ vehicle: vehicle.identity, heard: false });
  }

  #found(message: MavlinkMessage, peer: LinkPeer): Vehicle | undefined {
    const identity = vehicleIdentity(message);
    if (!identity) return undefined;
    this.#companion.systemId = identity.systemId;
    const state = new VehicleState(identity, this.#options.clock);
    const vehicle = { identity, state, requests: this.#requestsOf(identity), peer, bootMs: 0 };
    this.#vehicle = vehicle;
    this.#options.onChange({ vehicle: identity, heard: true });
    return vehicle;
  }

  #requestsOf(vehicle: VehicleIdentity): VehicleRequests {
    const { rateHz, clock } = this.#options;
    const peer = (): LinkPeer | undefined => this.#vehicle?.peer;
    return new VehicleRequests({ vehicle, rateHz, clock, companion: this.#companion, peer });
  }

  /** What it was asked for it has forgotten then. */
  #watchForReboot(vehicle: Vehicle, { name, fields }: MavlinkMessage): void {
    const bootMs = fields.time_boot_ms;
    if (name === null || !TIMED.has(name) || typeof bootMs !== "number") return;
    if (bootMs < vehicle.bootMs - REBOOT_MS) {
      vehicle.requests.close();
      vehicle.requests = this.#requestsOf(vehicle.identity);
    } else if (bootMs < vehicle.bootMs) return;
    vehicle.bootMs = bootMs;
  }
}

function isFrom({ systemId, componentId }: VehicleIdentity, message: MavlinkMessage): boolean {
  return systemId === message.systemId && componentId === message.componentId;
}

/** Who says this, if it is a vehicle's HEARTBEAT. */
function vehicleIdentity({ name, fields, systemId, componentId }: MavlinkMessage): VehicleIdentity | undefined {
  const { type, autopilot } = fields;
  if (name !== "HEARTBEAT" || typeof type !== "number" || typeof autopilot !== "number") return undefined;
  const isVehicle = systemId !== EVERYBODY && autopilot !== NO_AUTOPILOT && !NO_VEHICLES.has(MAV_TYPE[type]);
  return isVehicle ? { systemId, componentId, type, autopilot } : undefined;
}
