import { describe, expect, it } from "vitest";
import { isRtcp, parseRtp, sequenceDistance } from "../../../lib/rtp/packet.js";

const HEADER = "8061fffe00000010deadbeef";
const bytes = (hex: string) => Buffer.from(hex, "hex");

describe("parseRtp", () => {
  it("reads every field of the header", () => {
    expect(parseRtp(bytes("80e1fffe80000010deadbeefaabb"))).toEqual({
      payloadType: 97,
      marker: true,
      sequence: 0xfffe,
      timestamp: 0x80000010,
      ssrc: 0xdeadbeef,
      payload: bytes("aabb"),
    });
  });

  it.each([
    ["nothing but the header", HEADER, ""],
    ["two contributing sources", `82${HEADER.slice(2)}1111111122222222aa`, "aa"],
    ["an empty extension", `90${HEADER.slice(2)}bede0000aa`, "aa"],
    ["an extension of one word", `90${HEADER.slice(2)}bede000133333333aa`, "aa"],
    ["padding", `a0${HEADER.slice(2)}aabb000003`, "aabb"],
    ["padding only", `a0${HEADER.slice(2)}000003`, ""],
    ["all of them", `b1${HEADER.slice(2)}11111111bede000133333333aa01`, "aa"],
  ])("finds the payload behind %s", (_what, hex, payload) => {
    expect(parseRtp(bytes(hex))?.payload).toEqual(bytes(payload));
  });

  it.each([
    ["an empty datagram", ""],
    ["a header cut short", HEADER.slice(0, -2)],
    ["version 1", `40${HEADER.slice(2)}aa`],
    ["contributing sources beyond the end", `8f${HEADER.slice(2)}aa`],
    ["an extension header beyond the end", `90${HEADER.slice(2)}bede00`],
    ["an extension beyond the end", `90${HEADER.slice(2)}bede0002aaaaaaaa`],
    ["padding of no length", `a0${HEADER.slice(2)}aa00`],
    ["more padding than payload", `a0${HEADER.slice(2)}aa03`],
    ["an RTCP sender report", "80c80006deadbeef00000000000000000000000000000000000000"],
  ])("refuses %s", (_what, hex) => {
    expect(parseRtp(bytes(hex))).toBeUndefined();
  });
});

describe("isRtcp", () => {
  it("tells RTCP from RTP by its second byte", () => {
    expect(
      [bytes("80c80006"), bytes("80cd0006"), bytes("80600001"), bytes("80e00001"), bytes("80")].map(isRtcp),
    ).toEqual([true, true, false, false, false]);
  });
});

describe("sequenceDistance", () => {
  it.each([
    [0, 1, 1],
    [0xffff, 0, 1],
    [0, 0xffff, -1],
    [5, 5, 0],
    [0, 0x7fff, 32767],
    [0, 0x8000, -32768],
  ])("from %i to %i is %i", (from, to, distance) => {
    expect(sequenceDistance(from, to)).toBe(distance);
  });
});
