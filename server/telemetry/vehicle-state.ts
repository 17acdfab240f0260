import type { Clock } from "../../lib/clock.js";
import type { MavlinkMessage } from "../../lib/telemetry/mavlink-message.js";
import type { VehicleTelemetry } from "../../lib/telemetry/telemetry-snapshot.js";
import { flightMode } from "./flight-mode.js";
import { MAV_AUTOPILOT, MAV_TYPE } from "./mavlink/enum-names.generated.js";
import { StatusTexts } from "./status-texts.js";
import { attitude, battery, type Fields, gps, heading, position, read, throttle } from "./vehicle-parts.js";

/** What is older is not shown: it would look as if it held now. */
const FRESH_MS = 5_000;
/** What moves is asked for once a second at least, and a horizon that stands still misleads. */
const MOVING_FRESH_MS = 2_000;
const MOVING: ReadonlySet<string> = new Set(["ATTITUDE", "VFR_HUD", "GLOBAL_POSITION_INT"]);
const CUSTOM_MODE = 1;
const ARMED = 128;
/** What a snapshot is made of. */
const PARTS: ReadonlySet<string> = new Set([
  ...["HEARTBEAT", "ATTITUDE", "VFR_HUD", "GLOBAL_POSITION_INT", "GPS_RAW_INT", "SYS_STATUS", "BATTERY_STATUS"],
]);

/** Who a vehicle is, by its autopilot's HEARTBEAT; numbers as they came. */
export interface VehicleIdentity {
  systemId: number;
  componentId: number;
  type: number;
  autopilot: number;
}

/** What one vehicle told of itself last. */
export class VehicleState {
  readonly #identity: VehicleIdentity;
  readonly #clock: Clock;
  /** The newest of each kind, by name. */
  readonly #newest = new Map<string, { fields: MavlinkMessage["fields"]; atMs: number }>();
  readonly #texts = new StatusTexts();
  #heardAtMs: number;

  constructor(identity: VehicleIdentity, clock: Clock) {
    this.#identity = identity;
    this.#clock = clock;
    this.#heardAtMs = clock.now();
  }

  /** Milliseconds since its last message of any kind. */
  get ageMs(): number {
    return this.#clock.now() - this.#heardAtMs;
  }

  /** Takes every message of the vehicle's. */
  heard({ name, fields, atMs }: MavlinkMessage): void {
    this.#heardAtMs = this.#clock.now();
    if (name === null) return;
    if (name === "STATUSTEXT") this.#text(fields, atMs);
    // The others are spare batteries, and those of a gimbal or a winch.
    else if (PARTS.has(name) && (name !== "BATTERY_STATUS" || fields.id === 0)) {
      this.#newest.set(name, { fields, atMs: this.#heardAtMs });
    }
  }

  /** As of now. */
  snapshot(): VehicleTelemetry {
    const { systemId } = this.#identity;
    const { type, autopilot } = this.#kind;
    const [hud, global] = [this.#fresh("VFR_HUD"), this.#fresh("GLOBAL_POSITION_INT")];
    const attitudeNow = attitude(this.#fresh("ATTITUDE"));
    const baseMode = read(this.#fresh("HEARTBEAT"), "base_mode");
    return {
      systemId,
      ageMs: this.ageMs,
      type: MAV_TYPE[type] ?? String(type),
      autopilot: MAV_AUTOPILOT[autopilot] ?? String(autopilot),
      mode: this.#mode(),
      armed: baseMode === null ? null : (baseMode & ARMED) !== 0,
      attitude: attitudeNow,
      headingDeg: heading(global, hud, attitudeNow?.yawDeg),
      position: position(global),
      groundSpeedMps: read(hud, "groundspeed"),
      airSpeedMps: read(hud, "airspeed"),
      climbMps: read(hud, "climb"),
      throttlePercent: throttle(hud),
      gps: gps(this.#fresh("GPS_RAW_INT")),
      battery: battery(this.#fresh("SYS_STATUS"), this.#fresh("BATTERY_STATUS")),
      statusText: this.#texts.latest,
    };
  }

  #fresh(name: string): Fields {
    const newest = this.#newest.get(name);
    const limitMs = MOVING.has(name) ? MOVING_FRESH_MS : FRESH_MS;
    return newest && this.#clock.now() - newest.atMs < limitMs ? newest.fields : undefined;
  }

  /** By its newest HEARTBEAT: an autopilot that is just starting, or set up as another kind, told something else before. */
  get #kind(): Pick<VehicleIdentity, "type" | "autopilot"> {
    const heartbeat = this.#newest.get("HEARTBEAT")?.fields;
    const { type, autopilot } = this.#identity;
    return { type: read(heartbeat, "type") ?? type, autopilot: read(heartbeat, "autopilot") ?? autopilot };
  }

  #mode(): string | null {
    const heartbeat = this.#fresh("HEARTBEAT");
    const [baseMode, customMode] = [read(heartbeat, "base_mode"), read(heartbeat, "custom_mode")];
    if (baseMode === null || customMode === null) return null;
    const { type, autopilot } = this.#kind;
    return (baseMode & CUSTOM_MODE) === 0 ? String(baseMode) : flightMode({ type, autopilot, customMode });
  }

  #text(fields: MavlinkMessage["fields"], atMs: number): void {
    const { text } = fields;
    const [severity, id, chunk] = [read(fields, "severity"), read(fields, "id") ?? 0, read(fields, "chunk_seq") ?? 0];
    if (typeof text === "string" && severity !== null) this.#texts.add({ severity, text, id, chunk, atMs });
  }
}
