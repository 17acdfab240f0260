import { describe, expect, it } from "vitest";
import type { MavlinkMessage } from "../../../lib/telemetry/mavlink-message.js";
import { TelemetryClient } from "../../../lib/telemetry/telemetry-client.js";
import type { TelemetrySnapshot, VehicleTelemetry } from "../../../lib/telemetry/telemetry-snapshot.js";
import { RelayedTelemetry } from "../../../server/telemetry/relayed-telemetry.js";
import { makeSnapshot } from "../../lib/telemetry/make-snapshot.js";
import { SOON, TelemetryStage } from "../../lib/telemetry/telemetry-stage.js";

const AHEAD_MS = 60_000;
const VEHICLE: VehicleTelemetry = {
  ...{ systemId: 1, ageMs: 20, type: "QUADROTOR", autopilot: "ARDUPILOTMEGA", mode: "LOITER", armed: true },
  ...{ attitude: null, headingDeg: 90, position: null, groundSpeedMps: null, airSpeedMps: null, climbMps: null },
  ...{ throttlePercent: null, gps: null, battery: null, statusText: null },
};

describe("RelayedTelemetry", () => {
  it("passes on what another machine tells, with times by this machine's clock", async () => {
    const stage = await TelemetryStage.open({ aheadMs: AHEAD_MS, hello: { version: 1, rateHz: 4, link: "somewhere" } });
    await using client = new TelemetryClient(stage.url, { messages: "all" });
    const relayed = new RelayedTelemetry(client);
    expect(relayed.hello).toEqual({ version: 1, rateHz: 10, link: stage.url });
    expect(relayed.latest).toBeUndefined();
    await expect.poll(() => stage.questions, SOON).toBeGreaterThan(7);
    await expect.poll(() => relayed.hello, SOON).toEqual({ version: 1, rateHz: 4, link: "somewhere" });

    const nowMs = Date.now();
    const told = new Promise<TelemetrySnapshot>((resolve) => relayed.on("snapshot", resolve));
    const statusText = { severity: "INFO", text: "ready", atMs: nowMs + AHEAD_MS - 500 };
    stage.say("telemetry", { ...makeSnapshot(nowMs + AHEAD_MS), vehicle: { ...VEHICLE, statusText } });
    const snapshot = await told;
    expect(snapshot).toMatchObject({ vehicle: { headingDeg: 90, statusText: { text: "ready" } } });
    expect(Math.abs(snapshot.atMs - nowMs)).toBeLessThan(100);
    expect(Math.abs((snapshot.vehicle?.statusText?.atMs ?? 0) - (nowMs - 500))).toBeLessThan(100);
    expect(relayed.latest?.vehicle?.mode).toBe("LOITER");

    const message = new Promise<MavlinkMessage>((resolve) => relayed.on("message", resolve));
    const heartbeat = { id: 0, name: "HEARTBEAT", systemId: 1, componentId: 1, sequence: 7, version: 2, signed: false };
    stage.say("message", { ...heartbeat, fields: { type: 2 }, atMs: nowMs + AHEAD_MS });
    expect(await message).toMatchObject({ ...heartbeat, fields: { type: 2 } });
    expect(Math.abs((await message).atMs - nowMs)).toBeLessThan(100);

    await stage.close();
    await expect.poll(() => relayed.latest, SOON).toBeUndefined();
  });
});
