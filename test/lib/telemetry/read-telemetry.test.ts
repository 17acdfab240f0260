import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readClockAnswer, readHello, readMessage, readSnapshot } from "../../../lib/telemetry/read-telemetry.js";
import { makeSnapshot } from "./make-snapshot.js";

const VEHICLE = {
  ...{ systemId: 1, ageMs: 20, type: "QUADROTOR", autopilot: "ARDUPILOTMEGA", mode: "LOITER", armed: true },
  attitude: { rollDeg: 1.5, pitchDeg: -2, yawDeg: 179 },
  headingDeg: 359.5,
  position: { latitudeDeg: 52.5, longitudeDeg: 13.4, altitudeM: 34, relativeAltitudeM: null },
  ...{ groundSpeedMps: 1, airSpeedMps: null, climbMps: -0.5, throttlePercent: 40 },
  gps: { fix: "3D_FIX", satellites: 12, hdop: 0.8 },
  battery: { voltageV: 12.1, currentA: null, remainingPercent: 80 },
  statusText: { severity: "INFO", text: "EKF3 IMU0 is using GPS", atMs: 3 },
};

const RAW = {
  ...{ id: 99_999, name: null, systemId: 1, componentId: 1, sequence: 0, version: 1, signed: true },
  ...{ fields: {}, payload: "00ff", atMs: 4 },
};

describe("what comes from a sender", () => {
  it("is passed on as it is where it is right", () => {
    const snapshot = { ...makeSnapshot(5), vehicle: VEHICLE };
    expect(readSnapshot(JSON.parse(JSON.stringify(snapshot)))).toEqual(snapshot);
    expect(readMessage(RAW)).toEqual(RAW);
    expect(readHello({ version: 1, rateHz: 0.5, link: "mavlink-udp://:14550" })?.link).toBe("mavlink-udp://:14550");
    expect(readClockAnswer({ receivedAtMs: 1, sentAtMs: 2.5 })).toEqual({ receivedAtMs: 1, sentAtMs: 2.5 });
  });

  it("has null for what an older sender does not tell, and nothing that a newer one adds", () => {
    expect(readSnapshot({ atMs: 1, vehicle: { systemId: 3, ageMs: 0, wings: 2 } })).toEqual({
      atMs: 1,
      vehicle: {
        ...Object.fromEntries(Object.keys(VEHICLE).map((key) => [key, null])),
        ...{ systemId: 3, ageMs: 0 },
      },
      health: { cpuTemperatureC: null, coreLoadPercent: null, memory: null, throttled: null, undervoltage: null },
    });
  });

  it.each([
    ["attitude", { rollDeg: 1, pitchDeg: 2 }],
    ["attitude", { rollDeg: "1", pitchDeg: 2, yawDeg: 3 }],
    ["position", [1, 2]],
    ["headingDeg", "north"],
    ["armed", 1],
    ["mode", { toString: "LOITER" }],
    ["gps", "3D_FIX"],
  ])("has null for a vehicle's %s of %j, and the rest as it is", (part, value) => {
    const vehicle = { ...VEHICLE, [part]: value };
    expect(readSnapshot({ ...makeSnapshot(1), vehicle })?.vehicle).toEqual({ ...VEHICLE, [part]: null });
  });

  it("is left out where it has no time or no names", () => {
    expect(readSnapshot({ ...makeSnapshot(1), atMs: Number.NaN })).toBeUndefined();
    expect(readSnapshot({ ...makeSnapshot(1), vehicle: { ageMs: 5 } })?.vehicle).toBeNull();
    expect(readMessage({ ...RAW, fields: { a: { b: 1 } } })).toBeUndefined();
    expect(readMessage({ ...RAW, version: 3 })).toBeUndefined();
    expect(readHello({ version: 2, rateHz: 10, link: null })).toBeUndefined();
  });

  it("changes no object but its own", () => {
    const fields = JSON.parse('{"__proto__": 7, "constructor": 8}');
    const message = readMessage({ ...RAW, fields });
    expect(Object.getPrototypeOf(message?.fields ?? null)).toBe(Object.prototype);
    expect(({} as { constructor: unknown }).constructor).toBe(Object);
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
        for (const read of [readHello, readSnapshot, readMessage, readClockAnswer]) read(value);
      }),
    );
  });
});
