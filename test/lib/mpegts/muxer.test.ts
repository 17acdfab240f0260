import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import { TsMuxer } from "../../../lib/mpegts/muxer.js";
import { parseTsPacket, type TsPacket } from "../../../lib/mpegts/packet.js";
import { parsePesHeader } from "../../../lib/mpegts/pes-header.js";
import { NALS } from "../rtp/make-packet.js";

const PIDS = { pat: 0, pmt: 0x1000, video: 0x100 };

function unitOf(bytes: number, keyframe = false): AccessUnit {
  const nal = Buffer.concat([NALS.slice(1), Buffer.alloc(bytes, 0x99)]);
  return { codec: "h264", data: joinNalUnits([nal]), keyframe, receivedAtMs: 0 };
}

function packetsOf(bytes: Buffer): TsPacket[] {
  expect(bytes.length % 188).toBe(0);
  return Array.from({ length: bytes.length / 188 }, (_, index) => {
    const packet = parseTsPacket(bytes.subarray(index * 188, (index + 1) * 188));
    if (!packet) throw new Error(`packet ${index} is malformed`);
    return packet;
  });
}

const pidsOf = (bytes: Buffer) => packetsOf(bytes).map((packet) => packet.pid);

describe("TsMuxer", () => {
  it("writes the tables before every keyframe, and every 100 ms", () => {
    const muxer = new TsMuxer({ codec: "h264" });
    const shape = (keyframe: boolean, ptsMs: number) => pidsOf(muxer.mux(unitOf(10, keyframe), ptsMs));
    const { pat, pmt, video } = PIDS;
    expect(shape(false, 0)).toEqual([pat, pmt, video]);
    expect(shape(false, 66)).toEqual([video]);
    expect(shape(true, 99)).toEqual([pat, pmt, video]);
    expect(shape(false, 198)).toEqual([video]);
    expect(shape(false, 199)).toEqual([pat, pmt, video]);
    expect(shape(false, 0)).toEqual([pat, pmt, video]);
  });

  it("says the length of PES packets that are not too long for it", () => {
    const muxer = new TsMuxer({ codec: "h264" });
    const lengthOf = (bytes: number) => {
      const start = packetsOf(muxer.mux(unitOf(bytes), 0)).find(({ pid }) => pid === PIDS.video)?.payload;
      const header = start && parsePesHeader(start);
      return typeof header === "object" ? header.payloadBytes : header;
    };
    const overhead = unitOf(0).data.length + 6;
    expect(lengthOf(100)).toBe(overhead + 100);
    expect(lengthOf(65_527 - overhead)).toBe(65_527);
    expect(lengthOf(65_528 - overhead)).toBeUndefined();
  });

  it("fits units of every length into packets, filling up the last only", () => {
    const muxer = new TsMuxer({ codec: "h264" });
    muxer.mux(unitOf(0), 0);
    for (let bytes = 0; bytes < 800; bytes++) {
      const unit = unitOf(bytes);
      const packets = packetsOf(muxer.mux(unit, 1));
      const pes = Buffer.concat(packets.map((packet) => packet.payload ?? Buffer.alloc(0)));
      expect(pes.subarray(14)).toEqual(Buffer.concat([joinNalUnits([NALS.delimiter()]), unit.data]));
      expect(packets.slice(0, -1).some((packet) => packet.stuffed)).toBe(false);
    }
  });

  it("counts the packets of each PID on", () => {
    const muxer = new TsMuxer({ codec: "h264" });
    const packets = Array.from({ length: 10 }, (_, index) => packetsOf(muxer.mux(unitOf(1_000, true), index))).flat();
    for (const pid of Object.values(PIDS)) {
      const counts = packets.filter((packet) => packet.pid === pid).map((packet) => packet.continuity);
      expect(counts).toEqual(counts.map((_, index) => index % 16));
    }
  });

  it("writes the clock 20 ms before the time, over the wrap of 33 bits, and marks keyframes", () => {
    const muxer = new TsMuxer({ codec: "h264" });
    const wrapMs = 2 ** 33 / 90;
    const packet = muxer.mux(unitOf(10, true), wrapMs + 10).subarray(2 * 188);
    const pcr = packet.readUInt32BE(6) * 2 + (packet.readUInt8(10) >> 7);
    expect(pcr).toBe(2 ** 33 - 900);
    expect(packet.readUInt8(5)).toBe(0x50);
    expect(parsePesHeader(packetsOf(packet)[0]?.payload ?? packet)).toMatchObject({ pts: 900 });
    expect(muxer.mux(unitOf(10), wrapMs + 20).readUInt8(5)).toBe(0x10);
  });

  it("writes the time of decoding where it is another, and sets the clock by it", () => {
    const packet = new TsMuxer({ codec: "h264" }).mux(unitOf(10, true), 100, 60).subarray(2 * 188);
    expect(packet.readUInt32BE(6) * 2 + (packet.readUInt8(10) >> 7)).toBe(40 * 90);
    const payload = packetsOf(packet)[0]?.payload ?? packet;
    expect(parsePesHeader(payload)).toMatchObject({
      pts: 9_000,
      headerBytes: 19,
      payloadBytes: unitOf(10).data.length + 6,
    });
    const [flags, length] = [payload.readUInt8(7), payload.readUInt8(8)];
    expect([flags, length, payload.toString("hex", 14, 19)]).toEqual([0xc0, 10, "1100012a31"]);
  });
});
