import { describe, expect, it } from "vitest";
import { detectFormat } from "../../../lib/sources/detect-format.js";

const TS = Buffer.alloc(188 * 7);
for (let i = 0; i < TS.length; i += 188) TS.set([0x47, 0x40, 0x11, 0x10, 0, 0, 1, 0xe0], i);
const RAW = Buffer.concat([Buffer.from([0, 0, 0, 1, 0x67, 0x42]), Buffer.alloc(300, 0x55)]);
const RTP = Buffer.concat([Buffer.from([0x80, 96, 0, 1, 0, 0, 0, 1, 9, 9, 9, 9, 0x67]), Buffer.alloc(50)]);

describe("detectFormat", () => {
  it.each([
    ["a datagram of MPEG-TS", TS, "datagram", "ts"],
    ["one TS packet in a datagram", TS.subarray(0, 188), "datagram", "ts"],
    ["a stream of MPEG-TS", TS, "stream", "ts"],
    ["a TS stream joined inside a packet", TS.subarray(100), "stream", "ts"],
    ["the head of a TS packet, which may hold a start code", TS.subarray(0, 100), "stream", undefined],
    ["raw H.264", RAW, "stream", "raw"],
    ["raw H.264 in a datagram", RAW, "datagram", "raw"],
    ["RTP", RTP, "datagram", "rtp"],
    ["RTP with MPEG-TS inside (type 33)", Buffer.from([0x80, 0xa1, ...Buffer.alloc(20)]), "datagram", "rtp"],
    ["RTP with JPEG inside (type 26)", Buffer.from([0x80, 0x9a, ...Buffer.alloc(20)]), "datagram", "rtp"],
    ["RTP with audio inside (type 0)", Buffer.from([0x80, 0x80, ...Buffer.alloc(20)]), "datagram", undefined],
    ["RTCP on the RTP port", Buffer.from([0x80, 200, 0, 6, ...Buffer.alloc(24, 1)]), "datagram", undefined],
    ["noise", Buffer.alloc(400, 0x99), "datagram", undefined],
    ["nothing", Buffer.alloc(0), "stream", undefined],
  ] as const)("%s", (_name, bytes, transport, format) => {
    expect(detectFormat(bytes, transport)).toBe(format);
  });
});
