import { describe, expect, it } from "vitest";
import type { MavlinkMessage } from "../../../lib/telemetry/mavlink-message.js";
import { MavlinkParser } from "../../../server/telemetry/mavlink/mavlink-parser.js";
import { VehicleMonitor } from "../../../server/telemetry/vehicle-monitor.js";
import { FakeClock } from "../../support/fake-clock.js";
import { makeHeartbeat, makeMessage } from "./make-message.js";

/** Somebody on the link, who keeps what is sent to it. */
class Peer {
  readonly received: MavlinkMessage[] = [];
  readonly #parser = new MavlinkParser({ now: () => 0 });

  send(packet: Buffer): void {
    this.received.push(...this.#parser.datagram(packet));
  }

  get heartbeats(): MavlinkMessage[] {
    return this.received.filter(({ name }) => name === "HEARTBEAT");
  }

  get commands(): MavlinkMessage[] {
    return this.received.filter(({ name }) => name === "COMMAND_LONG");
  }
}

function stage() {
  const clock = new FakeClock();
  const changes: string[] = [];
  const monitor = new VehicleMonitor({
    ...{ rateHz: 10, clock },
    onChange: ({ vehicle, heard }) => changes.push(`${vehicle.systemId} ${heard ? "heard" : "silent"}`),
  });
  return { clock, changes, monitor, peer: new Peer(), shown: () => monitor.snapshot()?.systemId ?? null };
}

describe("which vehicle is shown", () => {
  it("is none before a HEARTBEAT", () => {
    const { monitor, peer, shown } = stage();
    monitor.heard(makeMessage("ATTITUDE", { roll: 0, pitch: 0, yaw: 0 }), peer);
    expect(shown()).toBeNull();
    monitor.heard(makeHeartbeat(), peer);
    expect(shown()).toBe(1);
  });

  it.each([
    ["a ground station", { type: 6, autopilot: 8 }],
    ["a ground station that names an autopilot", { type: 6, autopilot: 3 }],
    ["a gimbal", { type: 26, autopilot: 8 }],
    ["a camera", { type: 30, autopilot: 8 }],
    ["another computer aboard", { type: 18, autopilot: 8 }],
    ["a radio that calls itself a quadcopter", { type: 2, autopilot: 8 }],
  ])("is not %s", (_what, fields) => {
    const { monitor, peer, shown } = stage();
    monitor.heard(makeHeartbeat(fields), peer);
    expect(shown()).toBeNull();
  });

  it("is nobody with the system id 0, of which whatever is asked is asked of every vehicle", () => {
    const { clock, monitor, peer, shown } = stage();
    monitor.heard(makeHeartbeat({}, { systemId: 0 }), peer);
    clock.advance(3_000);
    expect(shown()).toBeNull();
    expect(peer.received).toEqual([]);
  });

  it("is the first until it is silent for 5 s, and then the next", () => {
    const { clock, changes, monitor, peer, shown } = stage();
    monitor.heard(makeHeartbeat(), peer);
    monitor.heard(makeHeartbeat({}, { systemId: 2 }), peer);
    clock.advance(4_000);
    monitor.heard(makeHeartbeat({}, { systemId: 2 }), peer);
    expect(shown()).toBe(1);
    clock.advance(999);
    expect(shown()).toBe(1);
    clock.advance(1);
    expect(shown()).toBeNull();
    monitor.heard(makeHeartbeat({}, { systemId: 2 }), peer);
    expect(shown()).toBe(2);
    expect(changes).toEqual(["1 heard", "1 silent", "2 heard"]);
  });

  it("is not mixed with its other components, nor with other vehicles", () => {
    const { monitor, peer } = stage();
    const hud = (groundspeed: number, from: Partial<MavlinkMessage> = {}) =>
      monitor.heard(makeMessage("VFR_HUD", { groundspeed }, from), peer);
    monitor.heard(makeHeartbeat(), peer);
    hud(11);
    hud(22, { componentId: 154 });
    hud(33, { systemId: 2 });
    expect(monitor.snapshot()?.groundSpeedMps).toBe(11);
  });
});

describe("speaking to a vehicle", () => {
  it("is done as a computer aboard it, once a second", () => {
    const { clock, monitor, peer } = stage();
    monitor.opened(undefined);
    monitor.heard(makeHeartbeat({}, { systemId: 7 }), peer);
    for (let second = 0; second < 3; second++) {
      clock.advance(1_000);
      monitor.heard(makeHeartbeat({}, { systemId: 7 }), peer);
    }
    expect(peer.heartbeats).toHaveLength(3);
    // No ground station, whose heartbeats would keep the vehicle from noticing that its own is lost.
    expect(peer.heartbeats[0]).toMatchObject({
      ...{ systemId: 7, componentId: 194, version: 2 },
      fields: { type: 18, autopilot: 8, mavlink_version: 3 },
    });
    const sequences = peer.received.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index));
  });

  it("begins before anything was heard where somebody can be spoken to", () => {
    const { clock, monitor, peer } = stage();
    monitor.opened(peer);
    expect(peer.heartbeats).toHaveLength(1);
    clock.advance(2_000);
    expect(peer.heartbeats).toHaveLength(3);
    expect(peer.commands).toEqual([]);
  });

  it("goes to where its last message came from", () => {
    const { clock, monitor, peer } = stage();
    const other = new Peer();
    monitor.heard(makeHeartbeat(), peer);
    clock.advance(1_000);
    monitor.heard(makeHeartbeat(), other);
    clock.advance(1_000);
    expect([peer.heartbeats.length, other.heartbeats.length]).toEqual([1, 1]);
  });

  it("goes to nobody else", () => {
    const { clock, monitor, peer } = stage();
    const stranger = new Peer();
    monitor.heard(makeHeartbeat(), peer);
    monitor.heard(makeHeartbeat({}, { systemId: 2 }), stranger);
    monitor.heard(makeHeartbeat({ type: 6, autopilot: 8 }, { systemId: 255 }), stranger);
    clock.advance(3_000);
    expect(stranger.received).toEqual([]);
  });

  it("asks anew after a reboot", () => {
    const { clock, monitor, peer } = stage();
    const attitude = (bootMs: number) =>
      monitor.heard(makeMessage("ATTITUDE", { time_boot_ms: bootMs, roll: 0, pitch: 0, yaw: 0 }), peer);
    const answer = () => monitor.heard(makeMessage("COMMAND_ACK", { command: 511, result: 0 }), peer);
    monitor.heard(makeHeartbeat(), peer);
    attitude(600_000);
    clock.advance(1_000);
    for (let count = 0; count < 6; count++) answer();
    expect(peer.commands).toHaveLength(6);
    // A message that was overtaken is no reboot.
    attitude(599_900);
    clock.advance(2_000);
    expect(peer.commands).toHaveLength(6);
    attitude(900);
    clock.advance(1_000);
    answer();
    expect(peer.commands.slice(6).map(({ fields }) => fields.param1)).toEqual([30, 33]);
  });

  it("ends with the link, and goes on with the next one", () => {
    const { clock, monitor, peer } = stage();
    monitor.opened(peer);
    monitor.heard(makeHeartbeat(), peer);
    monitor.closed();
    const before = peer.received.length;
    clock.advance(4_000);
    expect(peer.received).toHaveLength(before);
    const next = new Peer();
    monitor.opened(next);
    monitor.heard(makeHeartbeat(), next);
    clock.advance(1_000);
    expect(next.received.map(({ name }) => name)).toEqual(["HEARTBEAT", "HEARTBEAT", "COMMAND_LONG"]);
  });

  it("leaves no timer behind", () => {
    const { clock, monitor, peer } = stage();
    monitor.heard(makeHeartbeat(), peer);
    monitor.close();
    monitor.close();
    expect(clock.waiting).toBe(0);
  });
});
