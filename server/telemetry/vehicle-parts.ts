import type { MavlinkMessage, MavlinkValue } from "../../lib/telemetry/mavlink-message.js";
import type { VehicleTelemetry } from "../../lib/telemetry/telemetry-snapshot.js";
import { GPS_FIX_TYPE } from "./mavlink/enum-names.generated.js";

/** The fields of a message; undefined where it is not known. */
export type Fields = MavlinkMessage["fields"] | undefined;

const UNKNOWN_U16 = 65_535;
const UNKNOWN_U8 = 255;

/** From ATTITUDE, which has radians. */
export function attitude(fields: Fields): VehicleTelemetry["attitude"] {
  const [roll, pitch, yaw] = [read(fields, "roll"), read(fields, "pitch"), read(fields, "yaw")];
  if (roll === null || pitch === null || yaw === null) return null;
  return {
    rollDeg: degrees(roll),
    pitchDeg: degrees(pitch),
    yawDeg: degrees(Math.atan2(Math.sin(yaw), Math.cos(yaw))),
  };
}

/** From GLOBAL_POSITION_INT (hundredths), else from VFR_HUD, else from ATTITUDE: each has what the others may lack. */
export function heading(position: Fields, hud: Fields, yawDeg: number | undefined): number | null {
  const exact = divided(read(position, "hdg", UNKNOWN_U16), 100);
  const coarse = read(hud, "heading");
  const known = exact ?? (coarse !== null && coarse >= 0 ? coarse : null) ?? yawDeg ?? null;
  return known === null ? null : ((known % 360) + 360) % 360;
}

/** From GLOBAL_POSITION_INT; ArduPilot sends zeros while it does not know where it is. */
export function position(fields: Fields): VehicleTelemetry["position"] {
  const [latitude, longitude] = [read(fields, "lat"), read(fields, "lon")];
  if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) return null;
  if (Math.abs(latitude) > 90e7 || Math.abs(longitude) > 180e7) return null;
  return {
    ...{ latitudeDeg: latitude / 1e7, longitudeDeg: longitude / 1e7 },
    altitudeM: divided(read(fields, "alt"), 1_000),
    relativeAltitudeM: divided(read(fields, "relative_alt"), 1_000),
  };
}

/** From VFR_HUD. */
export function throttle(fields: Fields): number | null {
  return read(fields, "throttle", UNKNOWN_U16);
}

/** From GPS_RAW_INT. */
export function gps(fields: Fields): VehicleTelemetry["gps"] {
  const fix = read(fields, "fix_type");
  if (fix === null) return null;
  return {
    fix: GPS_FIX_TYPE[fix] ?? String(fix),
    satellites: read(fields, "satellites_visible", UNKNOWN_U8),
    hdop: divided(read(fields, "eph", UNKNOWN_U16), 100),
  };
}

/** From SYS_STATUS, and from the first battery's BATTERY_STATUS what that does not tell. */
export function battery(status: Fields, first: Fields): VehicleTelemetry["battery"] {
  const millivolts = read(status, "voltage_battery", UNKNOWN_U16) || cellSum(first);
  const centiamperes = read(status, "current_battery", -1) ?? read(first, "current_battery", -1);
  const remainingPercent = read(status, "battery_remaining", -1) ?? read(first, "battery_remaining", -1);
  // ArduPilot sends 0 V where it does not measure.
  const voltageV = millivolts === 0 ? null : divided(millivolts, 1_000);
  if (voltageV === null && centiamperes === null && remainingPercent === null) return null;
  return { voltageV, currentA: divided(centiamperes, 100), remainingPercent };
}

/** A field's number; null where it is none, or the value that says so. */
export function read(fields: Fields, name: string, unknown?: number): number | null {
  const value: MavlinkValue | undefined = fields?.[name];
  return typeof value === "number" && value !== unknown ? value : null;
}

/** Millivolts. Cells beyond the tenth have their own field, in which it is 0 that says nothing. */
function cellSum(fields: Fields): number | null {
  const [cells, more] = [fields?.voltages, fields?.voltages_ext];
  const known = [
    ...(Array.isArray(cells) ? cells.filter((cell) => cell !== UNKNOWN_U16) : []),
    ...(Array.isArray(more) ? more.filter((cell) => cell !== UNKNOWN_U16) : []),
  ];
  return known.length === 0 ? null : known.reduce<number>((sum, cell) => sum + Number(cell), 0);
}

function divided(value: number | null, divisor: number): number | null {
  return value === null ? null : value / divisor;
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
