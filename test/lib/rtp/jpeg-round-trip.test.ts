import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { RtpPacketiser } from "../../../lib/rtp/packetiser.js";
import { REORDER_WINDOW_MS } from "../../../lib/rtp/reorder-buffer.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { hashAll } from "../../support/frame-hashes.js";
import { jpegUnits, makeJpegs, WITH_RESTARTS } from "../../support/make-jpegs.js";
import { RecordingSink } from "../../support/recording-sink.js";

const SMALL = { width: 320, height: 240, frames: 6 };
const TICKS = 3_000;

/** The packets of pictures, one list for each. */
function packetise(jpegs: readonly Buffer[], maxPacketBytes = 1_452): Buffer[][] {
  const packetiser = new RtpPacketiser({ codec: "mjpeg", maxPacketBytes, initialSequence: 0xfff0 });
  return jpegUnits(jpegs).map((unit, index) => packetiser.packets(unit, index * TICKS));
}

/** What a parser makes of packets that come a millisecond apart. */
function receive(packets: readonly Buffer[]): RecordingSink {
  const sink = new RecordingSink();
  const parser = new RtpParser({ sink });
  for (const [atMs, packet] of packets.entries()) parser.push(packet, atMs);
  parser.flush(packets.length + REORDER_WINDOW_MS);
  return sink;
}

describe("JPEG from packetiser to parser", () => {
  it.each([
    ["plain", {}],
    ["with restart markers", { encoder: WITH_RESTARTS }],
  ])("gives the same pixels, %s", async (_name, options) => {
    const jpegs = await makeJpegs({ ...SMALL, ...options });
    const sink = receive(packetise(jpegs).flat());
    const [got, sent] = await hashAll([sink.units, jpegUnits(jpegs)]);
    expect(got).toEqual(sent);
    expect([sink.units.length, sink.lostCount, sink.discardedBytes]).toEqual([SMALL.frames, 0, 0]);
    expect(sink.units.map(({ mediaTimeMs = 0 }) => mediaTimeMs * 90)).toEqual(jpegs.map((_, index) => index * TICKS));
  });

  it("gives the same picture from packets of any size", async () => {
    const jpegs = await makeJpegs({ ...SMALL, frames: 1 });
    const expected = receive(packetise(jpegs).flat()).data;
    expect(expected).toHaveLength(1);
    for (let bytes = 285; bytes <= 1_500; bytes++) {
      expect(receive(packetise(jpegs, bytes).flat()).data, `${bytes} bytes`).toEqual(expected);
    }
  });

  it("gives what it gave before where it is packetised again", async () => {
    const once = receive(packetise(await makeJpegs(SMALL)).flat());
    const twice = receive(packetise(once.units.map(({ data }) => data)).flat());
    expect(twice.data).toEqual(once.data);
  });
});

describe("JPEG over RTP on a bad network", () => {
  let pictures: Buffer[][];
  let packets: Buffer[];
  let whole: string[];

  beforeAll(async () => {
    pictures = packetise(await makeJpegs(SMALL), 700);
    packets = pictures.flat();
    whole = receive(packets).data;
  });

  it("gives every other picture, and counts one, whichever packet is lost", () => {
    for (const [index, picture] of pictures.entries()) {
      for (const packet of picture) {
        const sink = receive(packets.filter((other) => other !== packet));
        const expected = whole.filter((_, other) => other !== index);
        expect(sink.data).toEqual(expected);
        // Of what was lost before the first packet or behind the last nobody knows.
        const seen = packet !== packets[0] && packet !== packets.at(-1);
        expect(sink.lostCount).toBe(seen ? 1 : 0);
      }
    }
  });

  it("never gives a picture that was not sent, none twice and none out of order, whatever is lost", () => {
    const dice = fc.infiniteStream(fc.integer({ min: 0, max: 99 }));
    fc.assert(
      fc.property(dice, fc.integer({ min: 1, max: 40 }), (drawn, percent) => {
        const got = receive(packets.filter(() => (drawn.next().value as number) >= percent)).data;
        const positions = got.map((data) => whole.indexOf(data));
        expect(positions).not.toContain(-1);
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      }),
    );
  });

  it("gives the same pictures for any order within the window, with any duplicates", () => {
    const delays = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: packets.length, maxLength: packets.length });
    fc.assert(
      fc.property(delays, (drawn) => {
        const arrivals = packets.flatMap((packet, index) =>
          (drawn[index] as [number, number]).map((delay) => ({ packet, at: index === 0 ? 0 : index + delay })),
        );
        const sink = receive(arrivals.sort((a, b) => a.at - b.at).map(({ packet }) => packet));
        expect([sink.data, sink.lostCount]).toEqual([whole, 0]);
      }),
      { numRuns: 40 },
    );
  });

  it("never throws on packets with bytes changed or cut off", () => {
    const change = fc.record({
      packet: fc.nat(packets.length - 1),
      at: fc.oneof(fc.integer({ min: 12, max: 24 }), fc.nat(400)),
      value: fc.nat(255),
      cut: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
        const changed: Buffer[] = packets.map((packet) => Buffer.from(packet));
        for (const { packet, at, value, cut } of changes) {
          const bytes = changed[packet] as Buffer;
          if (cut) changed[packet] = bytes.subarray(0, at);
          else if (at < bytes.length) bytes[at] = value;
        }
        const sink = receive(changed);
        expect(sink.units.length).toBeLessThanOrEqual(SMALL.frames);
        for (const { data } of sink.units) expect(data.subarray(-2).toString("hex")).toBe("ffd9");
      }),
      { numRuns: 200 },
    );
  });

  it("never throws on noise", () => {
    const header = Buffer.from("801a00000000000000000001", "hex");
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (bodies) => {
        const noise = bodies.map((body, sequence) => {
          const packet = Buffer.concat([header, body]);
          packet.writeUInt16BE(sequence, 2);
          return packet;
        });
        expect(receive(noise).units.length).toBeLessThanOrEqual(bodies.length);
      }),
    );
  });
});

describe("RtpPacketiser of JPEG and damaged pictures", () => {
  it("throws nothing but StreamError, and makes packets of what it takes that can be put together", async () => {
    const [jpeg] = (await makeJpegs({ ...SMALL, frames: 1 })) as [Buffer];
    const change = fc.record({ at: fc.oneof(fc.nat(700), fc.nat(jpeg.length - 1)), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 10 }), fc.option(fc.nat(jpeg.length)), (changes, cut) => {
        const damaged = Buffer.from(jpeg);
        for (const { at, value } of changes) damaged[at] = value;
        const data = damaged.subarray(0, cut ?? jpeg.length);
        try {
          expect(receive(packetise([data]).flat()).units).toHaveLength(1);
        } catch (error) {
          if (!(error instanceof StreamError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  it("throws nothing but StreamError on noise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const noise = Buffer.concat([Buffer.from("ffd8", "hex"), bytes]);
        expect(() => packetise([noise])).toThrow(StreamError);
      }),
    );
  });
});
