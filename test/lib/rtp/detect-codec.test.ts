import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NalCodecName } from "../../../lib/codecs/nal-codec.js";
import { detectRtpCodec } from "../../../lib/rtp/detect-codec.js";
import { RtpPacketiser } from "../../../lib/rtp/packetiser.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { fingerprints, RecordingSink } from "../../support/recording-sink.js";
import { SMALL, streamUnits } from "./stream-units.js";

const SPS_H264 = "6742c01eda0507ec0440000003004000000f03c58ba8";

describe("detectRtpCodec", () => {
  it.each<[string, string, NalCodecName | undefined]>([
    ["an H.264 SPS", SPS_H264, "h264"],
    ["a STAP-A that holds one", `780016${SPS_H264}`, "h264"],
    ["a STAP-A that holds one behind a delimiter", `78000209f00016${SPS_H264}`, "h264"],
    ["an FU-A that begins an IDR picture", "7c8588804000", "h264"],
    ["an H.265 VPS", "40010c01ffff01600000", "h265"],
    ["an H.265 SPS", "420101016000000300", "h265"],
    ["an AP that holds a VPS", "6001000440010c01", "h265"],
    ["an FU that begins an IDR picture", "620193af1234", "h265"],
    ["an H.264 slice", "419a0102", undefined],
    ["an H.265 slice", "0201d00102", undefined],
    ["the second fragment of an IDR picture", "7c0588804000", undefined],
    ["an FU-A that begins another picture", "5c819a804000", undefined],
    ["what only begins like an SPS", "6742ffffffffffff", undefined],
    ["nothing", "", undefined],
  ])("tells %s", (_what, hex, codec) => {
    expect(detectRtpCodec(Buffer.from(hex, "hex"))).toBe(codec);
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void detectRtpCodec(Buffer.from(bytes))));
  });

  it.each<NalCodecName>(["h264", "h265"])("tells no payload of %s for the other codec", async (codec) => {
    const packetiser = new RtpPacketiser({ codec, maxPacketBytes: 300 });
    const units = [...(await streamUnits({ ...SMALL, codec })), ...(await streamUnits({ ...SMALL, codec, slices: 4 }))];
    const packets = units.flatMap((unit) => packetiser.packets(unit, 0));
    const found = new Set(packets.map((packet) => detectRtpCodec(packet.subarray(12))));
    expect(found).toEqual(new Set([codec, undefined]));
  });
});

describe("RtpParser without a codec given", () => {
  it.each<NalCodecName>(["h264", "h265"])("emits %s from the first keyframe on, nothing before", async (codec) => {
    const units = await streamUnits({ ...SMALL, codec });
    const sink = new RecordingSink();
    const parser = new RtpParser({ sink });
    const packetiser = new RtpPacketiser({ codec });
    for (const [index, unit] of units.slice(4).entries()) {
      for (const packet of packetiser.packets(unit, index * 3_000)) parser.push(packet, 0);
    }
    expect(sink.data).toEqual(fingerprints(units.slice(10)));
    expect([sink.lostCount, sink.discardedBytes]).toEqual([0, 0]);
  });
});
