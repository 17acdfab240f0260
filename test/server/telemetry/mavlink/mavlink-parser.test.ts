import { MavLinkProtocolV2 } from "node-mavlink";
import { describe, expect, it } from "vitest";
import { anyPacket, HEARTBEAT_EXTRA, heartbeat, names, newParser, packet } from "./packets.js";

const UNKNOWN_ID = 60_000;

describe("MavlinkParser's messages", () => {
  it("have fields by the dialect's names, and say where they came from", () => {
    const fields = {
      time_boot_ms: 1500,
      lat: 473_977_420,
      lon: 85_456_000,
      alt: 500_000,
      relative_alt: 12_000,
      hdg: 65_535,
    };
    const bytes = packet("GLOBAL_POSITION_INT", fields, { version: 1, sequence: 250 });
    expect(newParser().datagram(bytes)).toEqual([
      {
        ...{ id: 33, name: "GLOBAL_POSITION_INT", systemId: 1, componentId: 1, sequence: 250 },
        ...{ version: 1, signed: false, atMs: 1000 },
        fields: { ...fields, vx: 0, vy: 0, vz: 0 },
      },
    ]);
  });

  it.each(["0", "9007199254740991", "9007199254740992", "9007199254740993", "18446744073709551615"])(
    "have 64 unsigned bits as text: %s",
    (text) => {
      const [message] = newParser().datagram(packet("SYSTEM_TIME", { time_unix_usec: text }));
      expect(message?.fields).toEqual({ time_unix_usec: text, time_boot_ms: 0 });
    },
  );

  it.each(["-9223372036854775808", "-1", "9007199254740993"])("have 64 signed bits as text: %s", (text) => {
    expect(newParser().datagram(packet("TIMESYNC", { tc1: text }))[0]?.fields).toMatchObject({ tc1: text, ts1: "0" });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("have null for %d", (value) => {
    const [message] = newParser().datagram(packet("ATTITUDE", { roll: value, pitch: 0.5, yaw: value }));
    expect(message?.fields).toMatchObject({ roll: null, pitch: 0.5, yaw: null });
  });

  it("have text that ends before its first zero, as UTF-8", () => {
    const [message] = newParser().datagram(packet("STATUSTEXT", { severity: 3, text: "12 °C\0hidden" }));
    expect(message?.fields).toMatchObject({ text: "12 °C" });
  });

  it("have zeros for what MAVLink 2 leaves out", () => {
    const bytes = packet("ACTUATOR_OUTPUT_STATUS", { time_usec: "5", actuator: [0.5] });
    expect(bytes.length).toBeLessThan(30);
    const [message] = newParser().datagram(bytes);
    expect(message?.fields).toEqual({ time_usec: "5", active: 0, actuator: [0.5, ...Array(31).fill(0)] });
  });

  it("do without what a newer sender adds behind the fields", () => {
    const longer = Buffer.concat([heartbeat().subarray(10, -2), Buffer.from([1, 2, 3])]);
    const [message] = newParser().datagram(anyPacket(0, longer, { crcExtra: HEARTBEAT_EXTRA }));
    expect(message?.fields).toEqual(newParser().datagram(heartbeat())[0]?.fields);
  });
});

describe("MavlinkParser", () => {
  it("reads signed packets, and what follows them", () => {
    const unsigned = anyPacket(0, heartbeat().subarray(10, -2), { flags: 1, crcExtra: HEARTBEAT_EXTRA });
    const signed = new MavLinkProtocolV2().sign(unsigned, 1, Buffer.alloc(32, 7));
    const parser = newParser();
    const found = parser.datagram(Buffer.concat([signed, heartbeat(1)]));
    expect(found.map(({ name, signed }) => [name, signed])).toEqual([
      ["HEARTBEAT", true],
      ["HEARTBEAT", false],
    ]);
    expect(parser.counters).toMatchObject({ packets: 2, skippedBytes: 0, badChecksum: 0 });
  });

  it.each([0x02, 0x80, 0x03])("drops and counts a sound packet with the flags 0x%x", (flags) => {
    const strange = anyPacket(0, heartbeat().subarray(10, -2), { flags, crcExtra: HEARTBEAT_EXTRA });
    const whole = flags & 1 ? Buffer.concat([strange, Buffer.alloc(13, 0x55)]) : strange;
    const parser = newParser();
    expect(names(parser.datagram(Buffer.concat([whole, heartbeat(1)])))).toEqual(["HEARTBEAT"]);
    expect(parser.counters).toMatchObject({ packets: 1, unsupported: 1, skippedBytes: 0, lost: 0 });
  });

  it("finds a packet within what only looked like one", () => {
    const fake = Buffer.from([0xfd, 30, 0, 0, 0, 1, 1, 0, 0, 0]);
    const parser = newParser();
    expect(names(parser.datagram(Buffer.concat([fake, heartbeat(), heartbeat(1)])))).toEqual([
      "HEARTBEAT",
      "HEARTBEAT",
    ]);
    expect(parser.counters).toMatchObject({ packets: 2, badChecksum: 1, skippedBytes: fake.length });
  });

  it("counts a damaged packet, and reads the next one", () => {
    const damaged = heartbeat();
    damaged[12] = 0x77;
    const parser = newParser();
    expect(parser.datagram(Buffer.concat([damaged, heartbeat(1)]))).toHaveLength(1);
    expect(parser.counters).toMatchObject({ packets: 1, badChecksum: 1, skippedBytes: damaged.length });
  });

  it("takes no packet over from one datagram to the next, nor to a stream", () => {
    const parser = newParser();
    const [first, second] = [heartbeat().subarray(0, 12), heartbeat().subarray(12)];
    expect(parser.datagram(first)).toEqual([]);
    expect(parser.datagram(second)).toEqual([]);
    expect(parser.stream(first)).toEqual([]);
    expect(parser.datagram(heartbeat())).toHaveLength(1);
    expect(parser.stream(second)).toHaveLength(1);
  });

  it("keeps nothing of a buffer that its owner writes to again", () => {
    const parser = newParser();
    const reused = Buffer.from(heartbeat().subarray(0, 12));
    parser.stream(reused);
    reused.fill(0);
    expect(parser.stream(heartbeat().subarray(12))).toHaveLength(1);
  });
});

describe("MavlinkParser's unknown messages", () => {
  const unknown = anyPacket(UNKNOWN_ID, Buffer.from("00c0ffee", "hex"), { sequence: 1 });

  it("are passed on raw", () => {
    const parser = newParser();
    const from = { systemId: 1, componentId: 1, sequence: 1, version: 2, signed: false, atMs: 1000 };
    const message = { id: UNKNOWN_ID, name: null, ...from, fields: {}, payload: "00c0ffee" };
    expect(parser.datagram(unknown)).toEqual([message]);
    expect(parser.counters).toMatchObject({ packets: 1, unknown: 1, skippedBytes: 0 });
  });

  it.each([
    ["between two others", [heartbeat(), unknown, heartbeat(2)], ["HEARTBEAT", "#60000", "HEARTBEAT"]],
    ["after another of their kind", [unknown, unknown, heartbeat(2)], ["#60000", "#60000", "HEARTBEAT"]],
    ["not behind noise", [Buffer.from([1]), unknown, heartbeat(2)], ["HEARTBEAT"]],
    ["not before noise", [heartbeat(), unknown, Buffer.from([1]), heartbeat(2)], ["HEARTBEAT", "HEARTBEAT"]],
    [
      "not with flags unknown as well",
      [anyPacket(UNKNOWN_ID, Buffer.alloc(4), { flags: 2 }), heartbeat(2)],
      ["HEARTBEAT"],
    ],
  ])("are believed %s", (_where, parts, expected) => {
    expect(names(newParser().datagram(Buffer.concat(parts)))).toEqual(expected);
  });

  it("wait in a stream for the packet that shows them to be one", () => {
    const parser = newParser();
    expect(names(parser.stream(heartbeat()))).toEqual(["HEARTBEAT"]);
    expect(parser.stream(unknown)).toEqual([]);
    expect(names(parser.stream(heartbeat(2).subarray(0, 1)))).toEqual(["#60000"]);
    expect(names(parser.stream(heartbeat(2).subarray(1)))).toEqual(["HEARTBEAT"]);
  });
});
