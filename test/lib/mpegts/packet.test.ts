import { describe, expect, it } from "vitest";
import { crc32 } from "../../../lib/crc32.js";
import { parseTsPacket } from "../../../lib/mpegts/packet.js";
import { parsePesHeader } from "../../../lib/mpegts/pes-header.js";
import { makePacket, makePes } from "./make-packet.js";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
/** A packet that begins with these bytes and goes on with 0xff. */
const packetOf = (start: string) => Buffer.concat([hex(start), Buffer.alloc(188, 0xff)]).subarray(0, 188);

describe("parseTsPacket", () => {
  it("reads the header of a packet full of payload", () => {
    const payload = Buffer.alloc(184, 1);
    expect(parseTsPacket(makePacket({ pid: 0x1abc, continuity: 9, payloadStart: true, payload }))).toEqual({
      pid: 0x1abc,
      transportError: false,
      payloadStart: true,
      scrambled: false,
      continuity: 9,
      discontinuity: false,
      stuffed: false,
      payload,
    });
  });

  it("reads its flags", () => {
    const packet = parseTsPacket(makePacket({ pid: 1, transportError: true, scrambled: true, discontinuity: true }));
    expect(packet).toMatchObject({ transportError: true, scrambled: true, discontinuity: true, payload: undefined });
  });

  it.each([
    ["no adaptation field", "47010010", false, 184],
    ["a field of one byte, its length", "4701003000", true, 183],
    ["a field of flags only", "470100300100", false, 182],
    ["flags and filling", "470100300300ffff", true, 180],
    ["a clock", "4701003007 10 000000007e00", false, 176],
    ["a clock and filling", "4701003008 10 000000007e00 ff", true, 175],
    ["two clocks and a splice countdown", `470100300e 1c ${"00".repeat(13)}`, false, 169],
    ["private data of a length of its own", "4701003004 02 01 aa ff", false, 179],
    ["a field that leaves one byte", "47010030b6 00", true, 1],
  ])("tells filling from contents: %s", (_what, start, stuffed, payloadBytes) => {
    const packet = parseTsPacket(packetOf(start));
    expect([packet?.stuffed, packet?.payload?.length]).toEqual([stuffed, payloadBytes]);
  });

  it.each([
    ["neither field nor payload", "47010000"],
    ["a field that leaves no payload though there is to be one", "47010030b7"],
    ["a field longer than the packet", "47010020b8"],
  ])("refuses %s", (_what, start) => {
    expect(parseTsPacket(packetOf(start))).toBeUndefined();
  });
});

describe("crc32", () => {
  it("gives the checksum that the catalogue of CRCs has for CRC-32/MPEG-2", () => {
    expect(crc32(Buffer.from("123456789"), 0xffffffff)).toBe(0x0376e6e7);
  });
});

describe("parsePesHeader", () => {
  it("reads length and time, all 33 bits of it", () => {
    const pts = 2 ** 33 - 5;
    expect(parsePesHeader(makePes(Buffer.alloc(10), { pts, sized: true }))).toEqual({
      headerBytes: 14,
      payloadBytes: 10,
      pts,
    });
  });

  it("knows of video without length or time", () => {
    expect(parsePesHeader(hex("000001e00000800000"))).toEqual({
      headerBytes: 9,
      payloadBytes: undefined,
      pts: undefined,
    });
  });

  it.each([
    ["less than the fixed part", "000001e000008480"],
    ["less than it says it has", "000001e0000084800521000100"],
  ])("asks for more when there is %s", (_what, start) => {
    expect(parsePesHeader(hex(start))).toBe("short");
  });

  it.each([
    ["no start code", "000002e00000848005"],
    ["audio", "000001c00000848005"],
    ["other marker bits", "000001e00000448005"],
    ["scrambled payload", "000001e00000948005"],
    ["a length shorter than the header", "000001e00007848005 2100010001"],
    ["a time without room for it", "000001e00000848004 21000100"],
  ])("refuses %s", (_what, start) => {
    expect(parsePesHeader(hex(start))).toBeUndefined();
  });

  it("does not believe a time whose marker bits are wrong", () => {
    expect(parsePesHeader(hex("000001e00000848005 2000010001"))).toMatchObject({ pts: undefined });
  });
});
