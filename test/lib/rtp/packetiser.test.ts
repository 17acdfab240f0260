import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import type { NalCodecName } from "../../../lib/codecs/nal-codec.js";
import { parseRtp } from "../../../lib/rtp/packet.js";
import { RtpPacketiser } from "../../../lib/rtp/packetiser.js";

function unitOf(codec: NalCodecName, ...nals: Buffer[]): AccessUnit {
  return { codec, data: joinNalUnits(nals), keyframe: true, receivedAtMs: 0 };
}

/** The payloads, in hex, of the packets of one access unit. */
function payloads(codec: NalCodecName, maxPacketBytes: number, ...nals: Buffer[]): string[] {
  const packets = new RtpPacketiser({ codec, maxPacketBytes }).packets(unitOf(codec, ...nals), 0);
  return packets.map((packet) => parseRtp(packet)?.payload.toString("hex") ?? "");
}

const hex = (text: string) => Buffer.from(text, "hex");

describe("RtpPacketiser", () => {
  it("writes headers: the sequence goes on over the wrap, the marker is on the last packet of each unit", () => {
    const packetiser = new RtpPacketiser({
      codec: "h264",
      payloadType: 97,
      ssrc: 7,
      initialSequence: 0xffff,
      maxPacketBytes: 20,
    });
    const unit = unitOf("h264", hex("65".padEnd(32, "8")));
    const packets = [...packetiser.packets(unit, 2 ** 32 - 1), ...packetiser.packets(unit, 2 ** 32 + 5)].map(parseRtp);
    expect(packets.map((packet) => packet?.sequence)).toEqual([0xffff, 0, 1, 2, 3, 4]);
    expect(packets.map((packet) => packet?.marker)).toEqual([false, false, true, false, false, true]);
    expect(packets.map((packet) => packet?.timestamp)).toEqual([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1, 5, 5, 5]);
    expect(new Set(packets.map((packet) => `${packet?.ssrc} ${packet?.payloadType}`))).toEqual(new Set(["7 97"]));
    expect(packetiser.nextSequence).toBe(5);
  });

  it("puts small NAL units at the head into one STAP-A of the highest importance among them", () => {
    const parts = [hex("27aa"), hex("68bb"), hex("0601"), Buffer.alloc(100, 0x65)];
    expect(payloads("h264", 100, ...parts).slice(0, 1)).toEqual(["78000227aa000268bb00020601"]);
  });

  it("puts small NAL units at the head into one AP", () => {
    const parts = [hex("4001aa"), hex("4201bb"), Buffer.alloc(100, 0x26)];
    expect(payloads("h265", 100, ...parts).slice(0, 1)).toEqual(["600100034001aa00034201bb"]);
  });

  it("sends a NAL unit that is alone as it is", () => {
    expect(payloads("h264", 100, hex("419a01"))).toEqual(["419a01"]);
  });

  it("cuts big NAL units into FU-A", () => {
    expect(payloads("h264", 12 + 4, hex("65aabbccdd"))).toEqual(["7c85aabb", "7c45ccdd"]);
  });

  it("cuts big NAL units into FU", () => {
    expect(payloads("h265", 12 + 5, hex("2601aabbccdd"))).toEqual(["620193aabb", "620153ccdd"]);
  });

  it("cuts VP8 up as one partition, whose beginning is marked", () => {
    const picture = { codec: "vp8", data: hex("aabbccddee"), keyframe: true, receivedAtMs: 0 } as const;
    const sizes = [14, 15, 17, 18];
    const cut = sizes.map((maxPacketBytes) => {
      const packets = new RtpPacketiser({ codec: "vp8", maxPacketBytes }).packets(picture, 0).map(parseRtp);
      expect(packets.map((packet) => packet?.marker)).toEqual(packets.map((_, index) => index === packets.length - 1));
      return packets.map((packet) => packet?.payload.toString("hex"));
    });
    expect(cut).toEqual([
      ["10aa", "00bb", "00cc", "00dd", "00ee"],
      ["10aabb", "00ccdd", "00ee"],
      ["10aabbccdd", "00ee"],
      ["10aabbccddee"],
    ]);
  });

  it("fills packets to the byte and not beyond", () => {
    expect(payloads("h264", 12 + 5, hex("65aabbccdd"))).toEqual(["65aabbccdd"]);
    expect(payloads("h264", 12 + 9, hex("67aa"), hex("68bb"))).toEqual(["78000267aa000268bb"]);
    expect(payloads("h264", 12 + 8, hex("67aa"), hex("68bb"))).toEqual(["67aa", "68bb"]);
  });

  it("begins at random unless told", () => {
    const make = () => new RtpPacketiser({ codec: "h264" });
    const drawn = [make(), make(), make()].map(({ ssrc, nextSequence }) => `${ssrc} ${nextSequence}`);
    expect(new Set(drawn).size).toBe(3);
  });
});
