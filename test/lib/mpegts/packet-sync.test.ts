import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketSync } from "../../../lib/mpegts/packet-sync.js";
import { makePacket } from "./make-packet.js";

function setUp() {
  const packets: Buffer[] = [];
  let discardedBytes = 0;
  const sync = new PacketSync({
    packet: (packet) => packets.push(packet),
    discarded: (bytes) => {
      discardedBytes += bytes;
    },
  });
  return { sync, packets, discarded: () => discardedBytes };
}

const PACKETS = Array.from({ length: 8 }, (_, count) =>
  makePacket({ pid: 7, continuity: count, payload: Buffer.alloc(184, count) }),
);

describe("PacketSync", () => {
  it("wants three sync bytes in a row before it believes the first", () => {
    const { sync, packets } = setUp();
    const stream = Buffer.concat(PACKETS);
    sync.push(stream.subarray(0, 376));
    expect(packets).toHaveLength(0);
    sync.push(stream.subarray(376, 377));
    expect(packets).toEqual(PACKETS.slice(0, 2));
  });

  it("gives the same packets for any chunking", () => {
    const stream = Buffer.concat(PACKETS);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(stream.length), { maxLength: 20 }), (cuts) => {
        const { sync, packets } = setUp();
        const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
        for (let index = 1; index < edges.length; index++) sync.push(stream.subarray(edges[index - 1], edges[index]));
        expect(packets).toEqual(PACKETS);
      }),
    );
  });

  it("finds packets behind any noise, and counts it", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 600 }).filter((noise) => !noise.includes(0x47)),
        (noise) => {
          const { sync, packets, discarded } = setUp();
          sync.push(Buffer.concat([noise, ...PACKETS]));
          expect(packets).toEqual(PACKETS);
          expect(discarded()).toBe(noise.length);
        },
      ),
    );
  });

  it("finds packets again behind bytes in the midst, and counts those", () => {
    const { sync, packets, discarded } = setUp();
    sync.push(Buffer.concat([...PACKETS.slice(0, 4), Buffer.from("noise G noise"), ...PACKETS.slice(4)]));
    expect(packets).toEqual(PACKETS);
    expect(discarded()).toBe(13);
  });

  it("drops a packet whose first byte was changed, and no other", () => {
    const { sync, packets, discarded } = setUp();
    const stream = Buffer.concat(PACKETS);
    stream.writeUInt8(0, 4 * 188);
    sync.push(stream);
    expect(packets).toEqual(PACKETS.filter((_, index) => index !== 4));
    expect(discarded()).toBe(188);
  });

  it("copies nothing but packets that come in two parts", () => {
    const { sync, packets } = setUp();
    // alloc takes memory of its own, concat some that is shared.
    const stream = Buffer.alloc(8 * 188);
    stream.set(Buffer.concat(PACKETS));
    const [first, second] = [stream.subarray(0, 1_000), stream.subarray(1_000)];
    sync.push(first);
    sync.push(second);
    expect(packets.map((packet) => packet.buffer === stream.buffer)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      true,
      true,
    ]);
  });
});
