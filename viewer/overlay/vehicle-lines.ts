import type { TelemetrySnapshot, VehicleTelemetry } from "../../lib/telemetry/telemetry-snapshot.js";
import { quantity, type TextLine, type Tone, textLine, UNKNOWN } from "./text-line.js";

/** A vehicle tells something several times a second. */
const SILENT_MS = 2_000;
/** A text says what happened then, not what holds now. */
const OLD_TEXT_MS = 30_000;
const LOW_BATTERY_PERCENT = 20;
const TONES: Readonly<Record<string, Tone>> = {
  ...{ EMERGENCY: "danger", ALERT: "danger", CRITICAL: "danger", ERROR: "danger" },
  ...{ WARNING: "notice" },
};

/**
 * The telemetry in words.
 * @param snapshot undefined: none comes
 */
export function vehicleLines(snapshot: TelemetrySnapshot | undefined): TextLine[] {
  if (!snapshot) return [textLine("", "no telemetry", "dim")];
  const { vehicle } = snapshot;
  if (!vehicle) return [textLine("", "no vehicle", "notice")];
  const silent = vehicle.ageMs > SILENT_MS;
  return [
    ...(silent ? [textLine("", `silent for ${Math.round(vehicle.ageMs / 1_000)} s`, "danger")] : []),
    textLine("mode", vehicle.mode),
    armedLine(vehicle),
    textLine("ground", quantity(vehicle.groundSpeedMps, "m/s")),
    textLine("air", quantity(vehicle.airSpeedMps, "m/s")),
    altitudeLine(vehicle),
    textLine("climb", quantity(vehicle.climbMps, "m/s")),
    textLine("heading", quantity(headingDegrees(vehicle.headingDeg), "°", 0)),
    gpsLine(vehicle),
    batteryLine(vehicle),
    ...statusLine(vehicle, snapshot.atMs),
  ];
}

/** Whole degrees, 0 to 359. */
export function headingDegrees(headingDeg: number | null): number | null {
  return headingDeg === null ? null : ((Math.round(headingDeg) % 360) + 360) % 360;
}

function armedLine({ armed }: VehicleTelemetry): TextLine {
  if (armed === null) return textLine("armed", null);
  return textLine("", armed ? "ARMED" : "disarmed", armed ? "notice" : "plain");
}

function altitudeLine({ position }: VehicleTelemetry): TextLine {
  const relative = quantity(position?.relativeAltitudeM, "m");
  // Above the sea where the height above the start is not told: the words must not be the same.
  if (relative !== null) return textLine("altitude", relative);
  const absolute = quantity(position?.altitudeM, "m");
  return textLine(absolute === null ? "altitude" : "above sea", absolute);
}

function gpsLine({ gps }: VehicleTelemetry): TextLine {
  if (!gps) return textLine("GPS", null);
  const satellites = gps.satellites === null ? UNKNOWN : `${gps.satellites}`;
  const fix = gps.fix.replaceAll("_", " ");
  return textLine("GPS", `${fix}  ${satellites} sat`, /^NO_|^2D/.test(gps.fix) ? "notice" : "plain");
}

function batteryLine({ battery }: VehicleTelemetry): TextLine {
  if (!battery) return textLine("battery", null);
  const { voltageV, currentA, remainingPercent } = battery;
  const values = [quantity(voltageV, "V"), quantity(currentA, "A"), quantity(remainingPercent, "%", 0)];
  const known = values.filter((value) => value !== null);
  const low = remainingPercent !== null && remainingPercent < LOW_BATTERY_PERCENT;
  return textLine("battery", known.length > 0 ? known.join("  ") : null, low ? "danger" : "plain");
}

function statusLine({ statusText }: VehicleTelemetry, nowMs: number): TextLine[] {
  if (!statusText) return [];
  const isOld = nowMs - statusText.atMs > OLD_TEXT_MS;
  return [textLine("", statusText.text, isOld ? "dim" : (TONES[statusText.severity] ?? "plain"))];
}
