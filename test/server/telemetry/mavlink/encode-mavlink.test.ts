import { describe, expect, it } from "vitest";
import { encodeMavlink, type MavlinkOutgoing } from "../../../../server/telemetry/mavlink/encode-mavlink.js";
import { newParser, packet } from "./packets.js";

const FROM = { systemId: 255, componentId: 190, sequence: 300, version: 2 } as const;

describe("encodeMavlink", () => {
  it("writes a heartbeat of MAVLink 1 and of MAVLink 2", () => {
    const heartbeat = { type: 6, autopilot: 8, system_status: 4, mavlink_version: 3 };
    const from = { name: "HEARTBEAT", fields: heartbeat, systemId: 255, componentId: 190, sequence: 1 };
    const payload = "00000000060800" + "0403";
    expect(encodeMavlink({ ...from, version: 1 }).toString("hex")).toMatch(new RegExp(`^fe0901ffbe00${payload}....$`));
    expect(encodeMavlink({ ...from, version: 2 }).toString("hex")).toMatch(
      new RegExp(`^fd09000001ffbe000000${payload}....$`),
    );
  });

  it("leaves trailing zeros out of MAVLink 2, but never the first byte", () => {
    expect(packet("HEARTBEAT", {})[1]).toBe(1);
    expect(packet("HEARTBEAT", { custom_mode: 256 })[1]).toBe(2);
  });

  it("leaves the extensions out of MAVLink 1", () => {
    const bytes = packet("STATUSTEXT", { severity: 2, text: "low battery", id: 4, chunk_seq: 1 }, { version: 1 });
    expect(bytes[1]).toBe(51);
    expect(newParser().datagram(bytes)[0]?.fields).toEqual({ severity: 2, text: "low battery", id: 0, chunk_seq: 0 });
  });

  it("asks for a message at an interval", () => {
    const fields = { target_system: 1, target_component: 1, command: 511, param1: 30, param2: 100_000 };
    const [message] = newParser().datagram(packet("COMMAND_LONG", fields));
    expect(message?.fields).toMatchObject(fields);
  });

  it.each<[string, MavlinkOutgoing["fields"], string]>([
    ["NO_SUCH", {}, "NO_SUCH: is in no dialect that we know"],
    ["HEARTBEAT", { kind: 1 }, "HEARTBEAT: kind is none of its fields: custom_mode, type,"],
    ["HEARTBEAT", { type: 256 }, "HEARTBEAT: type = 256: must be a value of type u8"],
    ["HEARTBEAT", { type: 1.5 }, "HEARTBEAT: type = 1.5: must be a value of type u8"],
    ["HEARTBEAT", { type: [1] }, "HEARTBEAT: type = [1]: must be a value of type u8"],
    ["HEARTBEAT", { type: null }, "HEARTBEAT: type = null: must be a value of type u8"],
    ["ATTITUDE", { roll: "1" }, 'ATTITUDE: roll = "1": must be a value of type f32'],
    ["SYSTEM_TIME", { time_unix_usec: "1e3" }, 'SYSTEM_TIME: time_unix_usec = "1e3": must be a value of type u64'],
    ["SYSTEM_TIME", { time_unix_usec: null }, "SYSTEM_TIME: time_unix_usec = null: must be a value of type u64"],
    ["STATUSTEXT", { text: "x".repeat(51) }, `must be text of at most 50 bytes`],
    ["STATUSTEXT", { text: 5 }, "STATUSTEXT: text = 5: must be text of at most 50 bytes"],
    ["CUBEPILOT_RAW_RC", { rc_raw: Array(33).fill(0) }, "must be at most 32 values of type u8"],
  ])("refuses %s with %j", (name, fields, message) => {
    const encode = () => encodeMavlink({ ...FROM, name, fields });
    expect(encode).toThrow(
      expect.objectContaining({ code: "invalid-option", message: expect.stringContaining(message) }),
    );
  });

  it("refuses a message that MAVLink 1 has no id for", () => {
    const encode = () => encodeMavlink({ ...FROM, name: "ESC_STATUS", fields: {}, version: 1 });
    expect(encode).toThrow("ESC_STATUS: has the id 291, which MAVLink 1 cannot send");
  });
});
