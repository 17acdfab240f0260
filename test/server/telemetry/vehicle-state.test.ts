import { describe, expect, it } from "vitest";
import type { MavlinkMessage } from "../../../lib/telemetry/mavlink-message.js";
import type { VehicleTelemetry } from "../../../lib/telemetry/telemetry-snapshot.js";
import { VehicleState } from "../../../server/telemetry/vehicle-state.js";
import { FakeClock } from "../../support/fake-clock.js";
import { makeHeartbeat, makeMessage } from "./make-message.js";

const IDENTITY = { systemId: 1, componentId: 1, type: 2, autopilot: 3 };
const HUD = { airspeed: 12.5, groundspeed: 11, heading: 271, throttle: 43, alt: 120, climb: -1.5 };
const GLOBAL = { lat: 521_234_567, lon: -134_567_890, alt: 123_456, relative_alt: 23_456, hdg: 27_150 };
const CELLS = [4_150, 4_140, 4_130, ...Array.from({ length: 7 }, () => 65_535)];

/** What is shown of a vehicle that said this. */
function shown(...messages: [name: string, fields: MavlinkMessage["fields"]][]): VehicleTelemetry {
  const state = new VehicleState(IDENTITY, new FakeClock());
  for (const [name, fields] of messages) state.heard(makeMessage(name, fields));
  return state.snapshot();
}

describe("what a vehicle told of itself", () => {
  it("is null but for who it is, while it told nothing", () => {
    expect(shown()).toEqual({
      ...{ systemId: 1, ageMs: 0, type: "QUADROTOR", autopilot: "ARDUPILOTMEGA", mode: null, armed: null },
      ...{ attitude: null, headingDeg: null, position: null, groundSpeedMps: null, airSpeedMps: null, climbMps: null },
      ...{ throttlePercent: null, gps: null, battery: null, statusText: null },
    });
  });

  it("is mode and arming, from HEARTBEAT", () => {
    expect(shown(["HEARTBEAT", { base_mode: 0x81, custom_mode: 5 }])).toMatchObject({ mode: "LOITER", armed: true });
    expect(shown(["HEARTBEAT", { base_mode: 0x01, custom_mode: 6 }])).toMatchObject({ mode: "RTL", armed: false });
    // The custom mode is none without its flag.
    expect(shown(["HEARTBEAT", { base_mode: 0x40, custom_mode: 6 }])).toMatchObject({ mode: "64", armed: false });
  });

  it("is the kind of vehicle that it says it is now, and that one's modes", () => {
    const isPlane = { type: 1, autopilot: 3, base_mode: 0x01, custom_mode: 5 };
    expect(shown(["HEARTBEAT", isPlane])).toMatchObject({ type: "FIXED_WING", mode: "FLY_BY_WIRE_A" });
  });

  it("is attitude in degrees, from ATTITUDE", () => {
    const { attitude } = shown(["ATTITUDE", { roll: Math.PI / 6, pitch: -Math.PI / 4, yaw: (3 * Math.PI) / 2 }]);
    expect(attitude?.rollDeg).toBeCloseTo(30, 9);
    expect(attitude?.pitchDeg).toBeCloseTo(-45, 9);
    expect(attitude?.yawDeg).toBeCloseTo(-90, 9);
    expect(shown(["ATTITUDE", { roll: null, pitch: 0, yaw: 0 }]).attitude).toBeNull();
  });

  it("is speeds and throttle, from VFR_HUD", () => {
    expect(shown(["VFR_HUD", HUD])).toMatchObject({
      ...{ airSpeedMps: 12.5, groundSpeedMps: 11, climbMps: -1.5, throttlePercent: 43 },
    });
    expect(shown(["VFR_HUD", { ...HUD, throttle: 65_535, airspeed: null }])).toMatchObject({
      ...{ airSpeedMps: null, throttlePercent: null },
    });
  });

  it("is a position, from GLOBAL_POSITION_INT", () => {
    expect(shown(["GLOBAL_POSITION_INT", GLOBAL]).position).toEqual({
      ...{ latitudeDeg: 52.1234567, longitudeDeg: -13.456789, altitudeM: 123.456, relativeAltitudeM: 23.456 },
    });
    expect(shown(["GLOBAL_POSITION_INT", { ...GLOBAL, lat: 0, lon: 0 }]).position).toBeNull();
    expect(shown(["GLOBAL_POSITION_INT", { ...GLOBAL, lat: 2_147_483_647 }]).position).toBeNull();
  });

  it("is a heading: the most exact of those that are known", () => {
    const yaw: [string, MavlinkMessage["fields"]] = ["ATTITUDE", { roll: 0, pitch: 0, yaw: -Math.PI / 2 }];
    const unknown = { ...GLOBAL, hdg: 65_535 };
    expect(shown(["GLOBAL_POSITION_INT", GLOBAL], ["VFR_HUD", HUD], yaw).headingDeg).toBe(271.5);
    expect(shown(["GLOBAL_POSITION_INT", unknown], ["VFR_HUD", HUD], yaw).headingDeg).toBe(271);
    expect(shown(["GLOBAL_POSITION_INT", unknown], yaw).headingDeg).toBeCloseTo(270, 9);
    expect(shown(["GLOBAL_POSITION_INT", { ...GLOBAL, hdg: 36_000 }]).headingDeg).toBe(0);
    expect(shown(["GLOBAL_POSITION_INT", unknown], ["VFR_HUD", { ...HUD, heading: -1 }]).headingDeg).toBeNull();
  });

  it("is satellites, from GPS_RAW_INT", () => {
    expect(shown(["GPS_RAW_INT", { fix_type: 3, satellites_visible: 14, eph: 85 }]).gps).toEqual({
      ...{ fix: "3D_FIX", satellites: 14, hdop: 0.85 },
    });
    expect(shown(["GPS_RAW_INT", { fix_type: 99, satellites_visible: 255, eph: 65_535 }]).gps).toEqual({
      ...{ fix: "99", satellites: null, hdop: null },
    });
  });

  it("is a battery, from SYS_STATUS", () => {
    const status = { voltage_battery: 12_600, current_battery: 1_550, battery_remaining: 83 };
    expect(shown(["SYS_STATUS", status]).battery).toEqual({ voltageV: 12.6, currentA: 15.5, remainingPercent: 83 });
    const voltageOnly = { ...status, current_battery: -1, battery_remaining: -1 };
    expect(shown(["SYS_STATUS", voltageOnly]).battery).toEqual({
      ...{ voltageV: 12.6, currentA: null, remainingPercent: null },
    });
  });

  it.each([0, 65_535])("is no battery where SYS_STATUS says %i mV and nothing else", (voltage) => {
    const status = { voltage_battery: voltage, current_battery: -1, battery_remaining: -1 };
    expect(shown(["SYS_STATUS", status]).battery).toBeNull();
  });

  it("is the first battery, from BATTERY_STATUS, where SYS_STATUS does not tell", () => {
    const first = { id: 0, voltages: CELLS, voltages_ext: [0, 0, 0, 0], current_battery: 250, battery_remaining: 70 };
    const spare = { ...first, id: 1, battery_remaining: 5 };
    expect(shown(["BATTERY_STATUS", first], ["BATTERY_STATUS", spare]).battery).toEqual({
      ...{ voltageV: 12.42, currentA: 2.5, remainingPercent: 70 },
    });
    const status = { voltage_battery: 65_535, current_battery: 200, battery_remaining: -1 };
    expect(shown(["SYS_STATUS", status], ["BATTERY_STATUS", first]).battery).toEqual({
      ...{ voltageV: 12.42, currentA: 2, remainingPercent: 70 },
    });
  });

  it("is its last text", () => {
    const said = shown(["STATUSTEXT", { severity: 2, text: "Crash: Disarming", id: 0, chunk_seq: 0 }]);
    expect(said.statusText).toEqual({ severity: "CRITICAL", text: "Crash: Disarming", atMs: 1_000 });
  });

  it("is forgotten part by part, what moves after 2 s and the rest after 5 s, but for its last text", () => {
    const clock = new FakeClock();
    const state = new VehicleState(IDENTITY, clock);
    state.heard(makeHeartbeat());
    state.heard(makeMessage("VFR_HUD", HUD));
    state.heard(makeMessage("STATUSTEXT", { severity: 6, text: "Hello", id: 0, chunk_seq: 0 }));
    clock.advance(1_999);
    expect(state.snapshot()).toMatchObject({ ageMs: 1_999, groundSpeedMps: 11, mode: "LOITER" });
    clock.advance(1);
    expect(state.snapshot()).toMatchObject({
      ...{ ageMs: 2_000, groundSpeedMps: null, headingDeg: null, mode: "LOITER", statusText: { text: "Hello" } },
    });
    clock.advance(2_999);
    expect(state.snapshot()).toMatchObject({ mode: "LOITER", armed: true });
    clock.advance(1);
    expect(state.snapshot()).toMatchObject({ mode: null, armed: null, type: "QUADROTOR" });
  });
});
