import { describe, expect, it } from "vitest";
import { parseTsPacket } from "../../../lib/mpegts/packet.js";
import { SectionReader } from "../../../lib/mpegts/section-reader.js";
import { makePacket, makeSection } from "./make-packet.js";

const PID = 0x1000;
const SHORT = makeSection(2, Buffer.from("short"));
const LONG = makeSection(2, Buffer.alloc(450, 7));
const POINTER = Buffer.of(0);

/** The sections in packets with these payloads; the first begins a section, as others do that say so. */
function read(
  ...packets: { payload: Buffer; start?: boolean; continuity: number; transportError?: boolean }[]
): Buffer[] {
  const sections: Buffer[] = [];
  const reader = new SectionReader((section) => sections.push(section));
  for (const [index, { payload, start = index === 0, ...rest }] of packets.entries()) {
    const filled = Buffer.concat([payload, Buffer.alloc(184, 0xff)]).subarray(0, 184);
    const packet = parseTsPacket(makePacket({ pid: PID, payload: filled, payloadStart: start, ...rest }));
    if (packet) reader.push(packet);
  }
  return sections;
}

const [first, second, third] = [LONG.subarray(0, 183), LONG.subarray(183, 367), LONG.subarray(367)];
const FIRST = { payload: Buffer.concat([POINTER, first]), continuity: 0 };

describe("SectionReader", () => {
  it("reads several sections in one packet, up to the filling", () => {
    expect(read({ payload: Buffer.concat([POINTER, SHORT, SHORT]), continuity: 0 })).toEqual([SHORT, SHORT]);
  });

  it("reads a section that goes over three packets", () => {
    expect(read(FIRST, { payload: second, continuity: 1 }, { payload: third, continuity: 2 })).toEqual([LONG]);
  });

  it("reads a section that ends in a packet where the next begins", () => {
    const last = Buffer.concat([Buffer.of(third.length), third, SHORT]);
    expect(read(FIRST, { payload: second, continuity: 1 }, { payload: last, continuity: 2, start: true })).toEqual([
      LONG,
      SHORT,
    ]);
  });

  it("takes a packet that is sent twice once", () => {
    const packets = [
      FIRST,
      { payload: second, continuity: 1 },
      { payload: second, continuity: 1 },
      { payload: third, continuity: 2 },
    ];
    expect(read(...packets)).toEqual([LONG]);
  });

  it("gives no section that lacks a packet, or holds a damaged one, and reads the next", () => {
    const next = { payload: Buffer.concat([POINTER, SHORT]), continuity: 3, start: true };
    expect(read(FIRST, { payload: third, continuity: 2 }, next)).toEqual([SHORT]);
    expect(
      read(FIRST, { payload: second, continuity: 1, transportError: true }, { payload: third, continuity: 2 }, next),
    ).toEqual([SHORT]);
  });

  it("gives no section with a wrong checksum", () => {
    const wrong = Buffer.from(SHORT);
    wrong.writeUInt8(0x58, 8);
    expect(read({ payload: Buffer.concat([POINTER, wrong, SHORT]), continuity: 0 })).toEqual([SHORT]);
  });

  it("is not misled by a pointer beyond the packet", () => {
    expect(read({ payload: Buffer.concat([Buffer.of(255), SHORT]), continuity: 0 })).toEqual([]);
  });
});
