import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MavlinkMessage } from "../../../../lib/telemetry/mavlink-message.js";
import { heartbeat, names, newParser, packet } from "./packets.js";

const LONGEST_PACKET = 280;
const MESSAGES = [
  heartbeat(0),
  packet("ATTITUDE", { roll: 0.1, pitch: -0.2, yaw: 3 }, { sequence: 1 }),
  packet("STATUSTEXT", { severity: 6, text: "ready to arm" }, { sequence: 2, version: 1 }),
  packet("GPS_RAW_INT", { fix_type: 3, lat: 473_977_420, satellites_visible: 12, yaw: 9000 }, { sequence: 3 }),
];
const NAMES = ["HEARTBEAT", "ATTITUDE", "STATUSTEXT", "GPS_RAW_INT"];
const capture = Buffer.concat(MESSAGES);
/** Longer than any packet could be that seems to begin in what is before it. */
const SILENCE = Buffer.alloc(LONGEST_PACKET);

const noise = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
/** Noise in which packets seem to begin. */
const falseStarts = fc
  .array(fc.oneof(fc.constantFrom(0xfd, 0xfe, 0, 1), fc.nat(255)), { maxLength: 600 })
  .map((bytes) => Buffer.from(bytes));

describe("a stream of MAVLink", () => {
  it("gives the same messages wherever it is split", () => {
    const whole = newParser().stream(capture);
    expect(names(whole)).toEqual(NAMES);
    for (let first = 0; first <= capture.length; first++) {
      const parser = newParser();
      const messages = [...parser.stream(capture.subarray(0, first)), ...parser.stream(capture.subarray(first))];
      expect(messages).toEqual(whole);
      expect(parser.counters).toMatchObject({ packets: 4, skippedBytes: 0, badChecksum: 0, lost: 0 });
    }
  });

  it("gives the same messages byte by byte", () => {
    const parser = newParser();
    expect(Array.from(capture, (byte) => parser.stream(Buffer.from([byte]))).flat()).toEqual(
      newParser().stream(capture),
    );
  });

  it("gives every message with noise before, between and behind them", () => {
    const gap = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes.map((byte) => byte % 0xfd)));
    fc.assert(
      fc.property(fc.tuple(gap, gap, gap, gap, gap), (gaps) => {
        const bytes = Buffer.concat(gaps.flatMap((bytes, index) => [bytes, MESSAGES[index] ?? SILENCE]));
        const parser = newParser();
        expect(names(parser.stream(bytes))).toEqual(NAMES);
        expect(parser.counters.skippedBytes).toBe(bytes.length - capture.length);
        expect(names(newParser().datagram(bytes))).toEqual(NAMES);
      }),
    );
  });

  it("loses no message in a megabyte of noise", () => {
    const noises = fc.sample(fc.uint8Array({ minLength: 300, maxLength: 400 }), { numRuns: 3000, seed: 4 });
    const bytes = Buffer.concat([...noises.flatMap((noise) => [noise, heartbeat()]), SILENCE]);
    expect(names(newParser().stream(bytes)).filter((name) => name === "HEARTBEAT")).toHaveLength(3000);
  });
});

describe("what is hostile", () => {
  it("never makes the parser throw, and never makes it keep more than one packet", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(noise, falseStarts, fc.constantFrom(...MESSAGES)), { maxLength: 20 }), (chunks) => {
        const parser = newParser();
        let fed = 0;
        let inPackets = 0;
        for (const chunk of chunks) {
          fed += chunk.length;
          for (const message of parser.stream(chunk)) inPackets += lengthOf(message);
          const kept = fed - inPackets - parser.counters.skippedBytes;
          expect(kept).toBeGreaterThanOrEqual(0);
          expect(kept).toBeLessThanOrEqual(LONGEST_PACKET);
          newParser().datagram(chunk);
        }
      }),
    );
  });

  it("is skipped where a byte of a packet is wrong", () => {
    const byte = fc.record({ at: fc.nat(capture.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(byte, ({ at, value }) => {
        fc.pre(capture[at] !== value);
        const damaged = Buffer.from(capture);
        damaged[at] = value;
        const damagedMessage = MESSAGES.findIndex(
          (_, index) => at < Buffer.concat(MESSAGES.slice(0, index + 1)).length,
        );
        const rest = NAMES.filter((_, index) => index !== damagedMessage);
        expect(names(newParser().datagram(damaged)).filter((name) => NAMES.includes(name))).toEqual(rest);
      }),
    );
  });

  it.each([
    ["the byte that begins MAVLink 1", Buffer.alloc(65_507, 0xfe)],
    ["the byte that begins MAVLink 2", Buffer.alloc(65_507, 0xfd)],
    ["heartbeats that are never whole", Buffer.alloc(65_507, Buffer.from([0xfd, 0xff, 0, 0, 0]))],
  ])("is searched without end neither in a flood of %s", (_what, bytes) => {
    const parser = newParser();
    for (let round = 0; round < 4; round++) expect(names(parser.datagram(bytes)).length).toBeLessThanOrEqual(1);
    expect(names(parser.datagram(heartbeat()))).toEqual(["HEARTBEAT"]);
  });
});

/** Of the packet that a message came in. */
function lengthOf({ name, version, signed, payload = "" }: MavlinkMessage): number {
  const known = MESSAGES[NAMES.indexOf(name ?? "")];
  return known?.length ?? (version === 1 ? 8 : 12) + payload.length / 2 + (signed ? 13 : 0);
}
