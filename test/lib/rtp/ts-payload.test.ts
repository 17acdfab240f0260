import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import { TsMuxer } from "../../../lib/mpegts/muxer.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";
import { makePacket, NALS } from "./make-packet.js";

const TS_PACKETS = 4;

/** A picture too long for its PES packet to say how long it is. */
function bigUnit(tag: number): AccessUnit {
  const noise = Buffer.from(Array.from({ length: 66_000 + tag }, (_, index) => 0x80 | ((index * tag) % 127)));
  return {
    codec: "h264",
    data: joinNalUnits([Buffer.concat([NALS.slice(tag), noise])]),
    keyframe: false,
    receivedAtMs: 0,
  };
}

/** RTP packets of four transport stream packets each. */
function packetsOf(units: readonly AccessUnit[]): Buffer[] {
  const muxer = new TsMuxer({ codec: "h264" });
  const bytes = Buffer.concat(units.map((unit, index) => muxer.mux(unit, index * 33)));
  const size = TS_PACKETS * 188;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, sequence) => {
    const payload = bytes.subarray(sequence * size, (sequence + 1) * size);
    return makePacket({ sequence, payloadType: 33, payload });
  });
}

describe("RtpParser with MPEG-TS inside", () => {
  it("gives the access units", () => {
    const units = [bigUnit(1), bigUnit(2)];
    const sink = new RecordingSink();
    const parser = new RtpParser({ sink });
    for (const packet of packetsOf(units)) parser.push(packet, 0);
    expect(sink.data).toEqual(fingerprints(units));
  });

  it("sees a loss of 16 packets, which the count inside has no room for", () => {
    const units = [bigUnit(1), bigUnit(2)];
    const sink = new RecordingSink();
    const parser = new RtpParser({ sink });
    for (const [index, packet] of packetsOf(units).entries()) {
      if (index < 20 || index >= 20 + 16 / TS_PACKETS) parser.push(packet, index < 20 ? 0 : 100);
    }
    parser.flush(200);
    expect(sink.data).toEqual(fingerprints(units.slice(1)));
    expect(sink.lostCount).toBe(1);
  });

  it("does not flush what is inside while packets wait for a missing one", () => {
    const units = [bigUnit(1)];
    const sink = new RecordingSink();
    const parser = new RtpParser({ sink });
    const packets = packetsOf(units);
    const [missing] = packets.splice(50, 1);
    for (const packet of packets) parser.push(packet, 0);
    parser.flush(5);
    expect(sink.units).toEqual([]);
    parser.push(missing as Buffer, 6);
    expect(sink.data).toEqual(fingerprints(units));
    expect([sink.lostCount, parser.misfires]).toEqual([0, 0]);
  });
});
