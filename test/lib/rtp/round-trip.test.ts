import { describe, expect, it } from "vitest";
import type { NalCodecName } from "../../../lib/codecs/nal-codec.js";
import { RtpPacketiser } from "../../../lib/rtp/packetiser.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";
import { flipBit, SMALL, stampedUnits, streamUnits } from "./stream-units.js";

describe.each<NalCodecName>(["h264", "h265"])("%s from packetiser to parser", (codec) => {
  it.each([1_452, 500, 70])("gives the same access units from packets of %i bytes at most", async (maxPacketBytes) => {
    const units = await streamUnits({ ...SMALL, codec });
    const sink = new RecordingSink();
    const parser = new RtpParser({ sink });
    const packetiser = new RtpPacketiser({ codec, maxPacketBytes });
    const packets = units.flatMap((unit, index) => packetiser.packets(unit, index * 3_000));
    for (const packet of packets) parser.push(packet, 0);
    expect(units).toHaveLength(30);
    expect(sink.data).toEqual(fingerprints(units));
    expect(sink.units.map((unit) => unit.keyframe)).toEqual(units.map((unit) => unit.keyframe));
    expect([sink.lostCount, sink.discardedBytes]).toEqual([0, 0]);
    expect(Math.max(...packets.map((packet) => packet.length))).toBeLessThanOrEqual(maxPacketBytes);
  });

  it("gives multi-slice pictures as one access unit", async () => {
    const units = await streamUnits({ ...SMALL, codec, slices: 4 });
    const sink = new RecordingSink();
    const parser = new RtpParser({ sink });
    const packetiser = new RtpPacketiser({ codec });
    for (const unit of units)
      for (const packet of packetiser.packets(unit, units.indexOf(unit))) parser.push(packet, 0);
    expect(sink.data).toEqual(fingerprints(units));
  });

  it("counts a stamped picture as lost that has another bit than it had, once, and goes on behind it", async () => {
    const units = stampedUnits(await streamUnits({ ...SMALL, codec }));
    const sink = new RecordingSink();
    const parser = new RtpParser({ sink });
    const packetiser = new RtpPacketiser({ codec });
    for (const [index, unit] of units.entries()) {
      const packets = packetiser.packets(unit, index * 3_000);
      if (index === 4) flipBit(packets.at(-1) as Buffer);
      for (const packet of packets) parser.push(packet, 0);
    }
    expect(sink.data).toEqual(fingerprints(units.filter((_unit, index) => index !== 4)));
    expect(sink.lostCount).toBe(1);
  });
});
