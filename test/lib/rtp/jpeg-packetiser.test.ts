import { beforeAll, describe, expect, it } from "vitest";
import { readJpegPayload } from "../../../lib/rtp/jpeg-payload.js";
import { parseRtp } from "../../../lib/rtp/packet.js";
import { RtpPacketiser, type RtpPacketiserOptions } from "../../../lib/rtp/packetiser.js";
import { jpegUnits, makeJpegs, WITH_RESTARTS } from "../../support/make-jpegs.js";

type Options = Omit<RtpPacketiserOptions, "codec">;

const OPTIONS = { width: 642, height: 358, frames: 1 };
let jpeg: Buffer;

beforeAll(async () => {
  [jpeg] = (await makeJpegs(OPTIONS)) as [Buffer];
});

function packetsOf(data: Buffer, options: Options = {}): Buffer[] {
  return jpegUnits([data]).flatMap((unit) => new RtpPacketiser({ codec: "mjpeg", ...options }).packets(unit, 0));
}

function payloadsOf(data: Buffer, options: Options = {}): Buffer[] {
  return packetsOf(data, options).map((packet) => parseRtp(packet)?.payload as Buffer);
}

/** The segment with this marker: where it begins, and its bytes from the marker on. */
function find(data: Buffer, code: number): { at: number; bytes: Buffer } {
  const at = data.indexOf(Buffer.of(0xff, code));
  return { at, bytes: data.subarray(at, at + 2 + data.readUInt16BE(at + 2)) };
}

/** The JPEG with other bytes for those of a segment. */
function replace(data: Buffer, code: number, change: (bytes: Buffer) => Buffer): Buffer {
  const { at, bytes } = find(data, code);
  return Buffer.concat([data.subarray(0, at), change(Buffer.from(bytes)), data.subarray(at + bytes.length)]);
}

/** The JPEG with one byte of a segment replaced, which is counted from its marker on. */
function patch(data: Buffer, code: number, changes: Record<number, number>): Buffer {
  return replace(data, code, (bytes) => {
    for (const [offset, value] of Object.entries(changes)) bytes[Number(offset)] = value;
    return bytes;
  });
}

const [SOF0, DHT, DQT, SOS, COM] = [0xc0, 0xc4, 0xdb, 0xda, 0xfe];
const scanOf = (data: Buffer) => {
  const { at, bytes } = find(data, SOS);
  return data.subarray(at + bytes.length, -2);
};

describe("RtpPacketiser of JPEG: packets", () => {
  it("have payload type 26 and the marker bit on the last, unless told otherwise", () => {
    const packets = packetsOf(jpeg).map(parseRtp);
    expect(packets.map((packet) => packet?.payloadType)).toEqual(packets.map(() => 26));
    expect(packets.map((packet) => packet?.marker)).toEqual(packets.map((_, index) => index === packets.length - 1));
    expect(parseRtp(packetsOf(jpeg, { payloadType: 96 })[0] as Buffer)?.payloadType).toBe(96);
  });

  it("tell 4:2:0, Q 255, the size in blocks of 8 rounded up, and where their bytes belong", () => {
    const payloads = payloadsOf(jpeg);
    let offset = 0;
    for (const payload of payloads) {
      const main = `00${offset.toString(16).padStart(6, "0")}01ff512d`;
      expect(payload.toString("hex", 0, 8)).toBe(main);
      offset += readJpegPayload(payload)?.body.length ?? 0;
    }
    expect(offset).toBe(scanOf(jpeg).length);
  });

  it("carry the tables in the first only, and the coded data unchanged without its end marker", () => {
    const payloads = payloadsOf(jpeg);
    const table = find(jpeg, DQT).bytes.toString("hex", 5);
    expect(payloads[0]?.toString("hex", 8, 12 + 128)).toBe(`00000080${table}${table}`);
    const bodies = payloads.map((payload) => readJpegPayload(payload)?.body as Buffer);
    expect(Buffer.concat(bodies)).toEqual(scanOf(jpeg));
    expect(payloads[1]?.subarray(8)).toEqual(bodies[1]);
  });

  it("tell that restart markers stand anywhere in them", async () => {
    const [restarting] = (await makeJpegs({ ...OPTIONS, encoder: WITH_RESTARTS })) as [Buffer];
    const payloads = payloadsOf(restarting);
    expect(new Set(payloads.map((payload) => payload.toString("hex", 4, 12)))).toEqual(new Set(["41ff512d0029ffff"]));
    expect(Buffer.concat(payloads.map((payload) => readJpegPayload(payload)?.body as Buffer))).toEqual(
      scanOf(restarting),
    );
  });

  it("are full but for the last, and never over the bound", () => {
    const lengths = packetsOf(jpeg, { maxPacketBytes: 500 }).map(({ length }) => length);
    expect(new Set(lengths.slice(0, -1))).toEqual(new Set([500]));
    expect(lengths.at(-1)).toBeLessThanOrEqual(500);
  });

  it("may be as small as their headers allow, and no smaller", () => {
    expect(packetsOf(jpeg, { maxPacketBytes: 285 }).length).toBeGreaterThan(50);
    expect(() => packetsOf(jpeg, { maxPacketBytes: 284 })).toThrow(
      expect.objectContaining({ code: "invalid-option", message: expect.stringContaining("at least 285 is allowed") }),
    );
  });
});

describe("RtpPacketiser of JPEG: what it takes", () => {
  it.each([
    ["without Huffman tables, as AVI has them", () => replace(jpeg, DHT, () => Buffer.alloc(0))],
    ["without comments", () => replace(jpeg, COM, () => Buffer.alloc(0))],
    ["with bytes behind its end", () => Buffer.concat([jpeg, Buffer.alloc(50, 0xff), jpeg])],
    ["with fill bytes before a marker", () => replace(jpeg, SOF0, (bytes) => Buffer.concat([Buffer.of(255), bytes]))],
    [
      "with fill bytes before its end",
      () => Buffer.concat([jpeg.subarray(0, -2), Buffer.of(0xff, 0xff), jpeg.subarray(-2)]),
    ],
    ["of the extended process", () => patch(jpeg, SOF0, { 1: 0xc1 })],
    [
      "with other component numbers",
      () => patch(patch(jpeg, SOF0, { 10: 0, 13: 7, 16: 200 }), SOS, { 5: 0, 7: 7, 9: 200 }),
    ],
  ])("is a JPEG %s, as if it were not so", (_name, make) => {
    expect(payloadsOf(make())).toEqual(payloadsOf(jpeg));
  });

  it("is a JPEG with tables of 16 bits", () => {
    const large = replace(jpeg, DQT, (bytes) => {
      const values = [...bytes.subarray(5)].flatMap((value) => [0, value]);
      return Buffer.of(0xff, DQT, 0, 3 + 128, 0x10, ...values);
    });
    const [first] = payloadsOf(large) as [Buffer];
    expect(first.toString("hex", 8, 12)).toBe("00030100");
    expect(readJpegPayload(first)?.tables?.map(({ length }) => length)).toEqual([128, 128]);
  });

  it("is a JPEG whose chroma is half as wide only, of type 0", () => {
    expect(payloadsOf(patch(jpeg, SOF0, { 11: 0x21 }))[0]?.[4]).toBe(0);
  });

  it.each([
    [2_040, 255],
    [2_033, 255],
    [1, 1],
  ])("is a JPEG of %i pixels in either direction", (pixels, blocks) => {
    const [high, low] = [pixels >> 8, pixels & 0xff];
    const [first] = payloadsOf(patch(jpeg, SOF0, { 5: high, 6: low, 7: high, 8: low })) as [Buffer];
    expect([first[6], first[7]]).toEqual([blocks, blocks]);
  });
});

describe("RtpPacketiser of JPEG: what it refuses", () => {
  it.each([
    ["is progressive; allowed: baseline", () => patch(jpeg, SOF0, { 1: 0xc2 })],
    ["is coded by process SOF9; allowed: baseline", () => patch(jpeg, SOF0, { 1: 0xc9 })],
    ["has 12 bits a sample; allowed: 8 bits", () => patch(jpeg, SOF0, { 4: 12 })],
    ["has 1 colour components; allowed: 3", () => patch(jpeg, SOF0, { 9: 1 })],
    ["has the sampling factors 1x1, 1x1, 1x1; allowed: 4:2:0", () => patch(jpeg, SOF0, { 11: 0x11 })],
    ["has the sampling factors 2x2, 2x1, 1x1; allowed: 4:2:0", () => patch(jpeg, SOF0, { 14: 0x21 })],
    ["has the sampling factors 2x2, 1x1, 1x2; allowed: 4:2:0", () => patch(jpeg, SOF0, { 17: 0x12 })],
    ["has 2041x358 pixels; allowed: at most 2040x2040", () => patch(jpeg, SOF0, { 7: 7, 8: 0xf9 })],
    ["has 642x2041 pixels; allowed: at most 2040x2040", () => patch(jpeg, SOF0, { 5: 7, 6: 0xf9 })],
    ["has Huffman tables of its own; allowed: the standard ones", () => patch(jpeg, DHT, { 30: 12 })],
    ["has Huffman tables of its own; allowed: the standard ones", () => patch(jpeg, SOS, { 8: 0x00 })],
    ["has several scans; allowed: one scan", () => Buffer.concat([jpeg.subarray(0, -2), find(jpeg, SOS).bytes, jpeg])],
    ["is coded in several passes; allowed: one scan", () => patch(jpeg, SOS, { 12: 5 })],
    ["has a scan for each component", () => replace(jpeg, SOS, () => Buffer.from("ffda0008010100003f00", "hex"))],
    [
      "quantises Cb and Cr by different tables; allowed: the same",
      () => {
        const second = patch(
          replace(jpeg, DQT, (bytes) => bytes),
          DQT,
          { 4: 1, 5: 99 },
        );
        const both = replace(jpeg, DQT, (bytes) => Buffer.concat([find(second, DQT).bytes, bytes]));
        return patch(both, SOF0, { 18: 1 });
      },
    ],
  ])("is a JPEG that %s", (message, make) => {
    expect(() => packetsOf(make())).toThrow(
      expect.objectContaining({
        code: "unsupported",
        message: expect.stringContaining(`RTP cannot carry a JPEG that ${message}`),
      }),
    );
  });

  it.each(["yuvj422p", "yuvj444p"])("is what ffmpeg makes of %s, whose sampling RTP does not know", async (format) => {
    const [other] = (await makeJpegs({ ...OPTIONS, pixelFormat: format })) as [Buffer];
    expect(() => packetsOf(other)).toThrow(expect.objectContaining({ code: "unsupported" }));
  });

  it("is what ffmpeg makes with Huffman tables of its own", async () => {
    const [other] = (await makeJpegs({ ...OPTIONS, encoder: ["-huffman", "optimal"] })) as [Buffer];
    expect(() => packetsOf(other)).toThrow(/Huffman tables of its own.*-huffman default/);
  });

  it("is more coded data than offsets can tell", () => {
    const { at, bytes } = find(jpeg, SOS);
    const head = jpeg.subarray(0, at + bytes.length);
    const of = (length: number) => Buffer.concat([head, Buffer.alloc(length), jpeg.subarray(-2)]);
    expect(() => packetsOf(of(2 ** 24 + 1))).toThrow(expect.objectContaining({ code: "unsupported" }));
    expect(packetsOf(of(2 ** 24)).length).toBeGreaterThan(2 ** 24 / 1_452);
  });

  it.each([
    ["nothing", () => Buffer.alloc(0)],
    ["no JPEG", () => Buffer.from("89504e470d0a1a0a", "hex")],
    ["headers that are cut", () => jpeg.subarray(0, find(jpeg, SOS).at + 5)],
    ["a picture that is cut", () => jpeg.subarray(0, -2)],
    ["a picture that is cut behind a prefix", () => jpeg.subarray(0, -1)],
    ["no coded data", () => Buffer.concat([jpeg.subarray(0, jpeg.indexOf(scanOf(jpeg))), jpeg.subarray(-2)])],
    ["no frame header", () => replace(jpeg, SOF0, () => Buffer.alloc(0))],
    ["a frame header that is cut", () => Buffer.from("ffd8ffc0000508ffffffda000c03010002110311003f00", "hex")],
    ["no quantisation table", () => replace(jpeg, DQT, () => Buffer.alloc(0))],
    ["a quantisation table that is cut", () => patch(jpeg, DQT, { 4: 0x10 })],
    ["a quantisation table that is not there", () => patch(jpeg, SOF0, { 15: 1, 18: 1 })],
    ["a Huffman table that is not there", () => patch(jpeg, SOS, { 8: 0x23 })],
    ["no width", () => patch(jpeg, SOF0, { 7: 0, 8: 0 })],
    ["no height", () => patch(jpeg, SOF0, { 5: 0, 6: 0 })],
    ["a scan of other components", () => patch(jpeg, SOS, { 5: 9 })],
    ["a scan header that is cut", () => replace(jpeg, SOS, () => Buffer.from("ffda000703010002", "hex"))],
  ])("is %s, for another try", (_name, make) => {
    expect(() => packetsOf(make())).toThrow(
      expect.objectContaining({ code: "invalid-data", message: expect.stringMatching(/^no whole JPEG: /) }),
    );
  });
});
