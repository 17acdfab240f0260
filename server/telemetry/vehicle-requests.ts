import type { Clock, Timer } from "../../lib/clock.js";
import type { MavlinkMessage } from "../../lib/telemetry/mavlink-message.js";
import { COMPANION_COMPONENT, type Companion } from "./companion.js";
import type { LinkPeer } from "./telemetry-link.js";
import type { VehicleIdentity } from "./vehicle-state.js";
import { type Want, WantedMessage } from "./wanted-message.js";

const LOOK_INTERVAL_MS = 1_000;
const SET_MESSAGE_INTERVAL = 511;
const [ACCEPTED, TEMPORARILY_REJECTED, IN_PROGRESS] = [0, 1, 5];
const ARDUPILOT = 3;
/** `MAV_TYPE`s of Plane and Rover, which write a rate that REQUEST_DATA_STREAM asks for into their settings, for good. */
const KEEPS_RATES: ReadonlySet<number> = new Set([1, 10, 11, 19, 20, 21, 22, 23, 24, 25]);
/** What is slower is taken for gone before the next one. */
const SLOWEST_HZ = 1;
/** Charge and satellites hardly change, and radio links are slow. */
const CALM_HZ = 2;

/** What a {@link VehicleRequests} works with. */
export interface VehicleRequestsOptions {
  vehicle: VehicleIdentity;
  /** Of attitude, speed and position. */
  rateHz: number;
  companion: Companion;
  clock: Clock;
  /** Who passes on what is for the vehicle, at this moment; undefined: nobody. */
  peer(): LinkPeer | undefined;
}

/**
 * Asks one vehicle for the messages that a snapshot is made of, one after another, until they come as often as wanted;
 * what comes often enough by itself is left as it is. Older ArduPilot does not know SET_MESSAGE_INTERVAL, and is asked
 * for the stream that holds the message, unless it would keep that in its settings: what a vehicle is set to is not ours.
 * @see https://mavlink.io/en/mavgen_python/howto_requestmessages.html
 */
export class VehicleRequests {
  readonly #options: VehicleRequestsOptions;
  readonly #wanted: ReadonlyMap<string, WantedMessage>;
  readonly #looks: Timer;
  /** For which no answer has come yet. */
  #awaited: WantedMessage | undefined;
  #version: 1 | 2 = 2;

  constructor(options: VehicleRequestsOptions) {
    this.#options = options;
    const wanted = wants(options.rateHz).map((want) => [want.name, new WantedMessage(want, options.clock)] as const);
    this.#wanted = new Map(wanted);
    // Not at once: it may well send everything already.
    this.#looks = options.clock.every(LOOK_INTERVAL_MS, () => this.#askNext());
  }

  /** Takes every message of the vehicle's. */
  heard({ name, fields, version }: MavlinkMessage): void {
    this.#version = version;
    if (name === null) return;
    this.#wanted.get(name)?.arrived();
    if (name === "COMMAND_ACK" && fields.command === SET_MESSAGE_INTERVAL && isForUs(fields, this.#options)) {
      this.#answered(fields.result);
    }
  }

  close(): void {
    this.#looks.cancel();
  }

  #askNext(): void {
    const next = this.#options.peer() && [...this.#wanted.values()].find((wanted) => wanted.isDue);
    this.#awaited = next;
    if (!next) return;
    next.asked();
    this.#setInterval(next.want);
    if (next.isMisunderstood) this.#requestStream(next.want);
  }

  /** Answers do not say which message they are about, so only one is asked for at a time. */
  #answered(result: unknown): void {
    const wanted = this.#awaited;
    if (!wanted || result === IN_PROGRESS) return;
    if (result !== TEMPORARILY_REJECTED) {
      wanted.answered(result === ACCEPTED);
      if (wanted.isMisunderstood) this.#requestStream(wanted.want);
    }
    this.#askNext();
  }

  #setInterval({ id, rateHz }: Want): void {
    const interval = { param1: id, param2: Math.round(1e6 / rateHz) };
    this.#send("COMMAND_LONG", { command: SET_MESSAGE_INTERVAL, confirmation: 0, ...interval });
  }

  #requestStream({ stream, rateHz }: Want): void {
    const { autopilot, type } = this.#options.vehicle;
    if (autopilot !== ARDUPILOT || KEEPS_RATES.has(type)) return;
    const rate = { req_message_rate: Math.ceil(rateHz), start_stop: 1 };
    this.#send("REQUEST_DATA_STREAM", { req_stream_id: stream, ...rate });
  }

  #send(name: string, fields: Record<string, number>): void {
    const { companion, vehicle, peer } = this.#options;
    const target = { target_system: vehicle.systemId, target_component: vehicle.componentId };
    const to = peer();
    if (to) companion.send(to, { name, fields: { ...target, ...fields }, version: this.#version });
  }
}

function wants(rateHz: number): Want[] {
  const lively = Math.max(rateHz, SLOWEST_HZ);
  const calm = Math.min(lively, CALM_HZ);
  return [
    { name: "ATTITUDE", id: 30, rateHz: lively, stream: 10 },
    { name: "GLOBAL_POSITION_INT", id: 33, rateHz: lively, stream: 6 },
    { name: "VFR_HUD", id: 74, rateHz: lively, stream: 11 },
    { name: "SYS_STATUS", id: 1, rateHz: calm, stream: 2 },
    { name: "GPS_RAW_INT", id: 24, rateHz: calm, stream: 2 },
    { name: "BATTERY_STATUS", id: 147, rateHz: calm, stream: 12 },
  ];
}

/** Older autopilots do not say whom they answer. */
function isForUs(fields: MavlinkMessage["fields"], { companion }: VehicleRequestsOptions): boolean {
  const { target_system: system = 0, target_component: component = 0 } = fields;
  return (system === 0 || system === companion.systemId) && (component === 0 || component === COMPANION_COMPONENT);
}
