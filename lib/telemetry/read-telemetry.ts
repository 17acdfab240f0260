import { z } from "zod";
import type { MavlinkMessage } from "./mavlink-message.js";
import type { TelemetryHello } from "./telemetry-protocol.js";
import type { TelemetrySnapshot, VehicleTelemetry } from "./telemetry-snapshot.js";

/** Null for what is missing or not of its kind: an older sender, or a newer one, does not tell it. */
function orNull<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullable().catch(null);
}

const number = orNull(z.number());
const text = orNull(z.string());

const vehicle: z.ZodType<VehicleTelemetry> = z.object({
  systemId: z.number(),
  ageMs: z.number(),
  ...{ type: text, autopilot: text, mode: text, armed: orNull(z.boolean()) },
  attitude: orNull(z.object({ rollDeg: z.number(), pitchDeg: z.number(), yawDeg: z.number() })),
  headingDeg: number,
  position: orNull(
    z.object({
      ...{ latitudeDeg: z.number(), longitudeDeg: z.number() },
      ...{ altitudeM: number, relativeAltitudeM: number },
    }),
  ),
  ...{ groundSpeedMps: number, airSpeedMps: number, climbMps: number, throttlePercent: number },
  gps: orNull(z.object({ fix: z.string(), satellites: number, hdop: number })),
  battery: orNull(z.object({ voltageV: number, currentA: number, remainingPercent: number })),
  statusText: orNull(z.object({ severity: z.string(), text: z.string(), atMs: z.number() })),
});

const UNKNOWN_HEALTH = {
  ...{ cpuTemperatureC: null, coreLoadPercent: null, memory: null, throttled: null, undervoltage: null },
};

const snapshot = z.object({
  atMs: z.number(),
  vehicle: orNull(vehicle),
  health: z
    .object({
      cpuTemperatureC: number,
      coreLoadPercent: orNull(z.array(z.number())),
      memory: orNull(z.object({ totalBytes: z.number(), availableBytes: z.number() })),
      ...{ throttled: orNull(z.boolean()), undervoltage: orNull(z.boolean()) },
    })
    .catch(UNKNOWN_HEALTH),
});

const hello: z.ZodType<TelemetryHello> = z.object({ version: z.literal(1), rateHz: z.number(), link: text });

const scalar = z.union([z.number(), z.string(), z.null()]);
const message = z.object({
  ...{ id: z.number(), name: z.string().nullable() },
  ...{ systemId: z.number(), componentId: z.number(), sequence: z.number() },
  ...{ version: z.literal([1, 2]), signed: z.boolean() },
  fields: z.record(z.string(), z.union([scalar, z.array(scalar)])),
  payload: z.string().exactOptional(),
  atMs: z.number(),
});

const clockAnswer = z.object({ receivedAtMs: z.number(), sentAtMs: z.number() });

/** What a sender says first; undefined for what is none. */
export function readHello(value: unknown): TelemetryHello | undefined {
  return hello.safeParse(value).data;
}

/** A snapshot, in which whatever cannot be read is null; undefined for what is none. */
export function readSnapshot(value: unknown): TelemetrySnapshot | undefined {
  return snapshot.safeParse(value).data;
}

/** A MAVLink message; undefined for what is none. */
export function readMessage(value: unknown): MavlinkMessage | undefined {
  return message.safeParse(value).data;
}

/** A sender's two times of an exchange of clocks; undefined for what is none. */
export function readClockAnswer(value: unknown): { receivedAtMs: number; sentAtMs: number } | undefined {
  return clockAnswer.safeParse(value).data;
}
