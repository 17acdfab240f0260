import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { TsMuxer } from "../../../lib/mpegts/muxer.js";
import { Receiver } from "../../../lib/receiver.js";
import { RtpPacketiser } from "../../../lib/rtp/packetiser.js";
import { makeStream } from "../../support/make-stream.js";
import { unitsOf } from "../../support/units-of.js";

const DELIMITERS = { h264: [0, 0, 0, 1, 9, 0xf0], h265: [0, 0, 0, 1, 0x46, 1, 0x50] };
const STREAM = { width: 320, height: 240, fps: 30, frames: 20, gop: 10 } as const;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function openSocket(type: "udp4" | "udp6" = "udp4"): Promise<Socket> {
  const socket = createSocket(type);
  socket.bind(0, type === "udp4" ? "127.0.0.1" : "::1");
  await once(socket, "listening");
  closers.push(async () => socket.close());
  return socket;
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** A receiver of access units only, and its next so many. */
function open(url: string) {
  const receiver = new Receiver(url, { decode: false, stallTimeoutMs: 60_000 });
  closers.push(() => receiver.close());
  const units = receiver.accessUnits();
  const take = async (count: number): Promise<AccessUnit[]> => {
    const taken: AccessUnit[] = [];
    while (taken.length < count) taken.push((await units.next()).value);
    return taken;
  };
  return { receiver, take };
}

/** Sends datagrams once the receiver listens, which nothing but its answer to them tells: each until it has come. */
async function sendUntilHeard(
  socket: Socket,
  receiver: Receiver,
  datagrams: Buffer[],
  to: { port: number; host: string },
) {
  const send = (): void => {
    for (const datagram of datagrams) socket.send(datagram, to.port, to.host);
  };
  const repeat = setInterval(send, 20);
  send();
  await expect.poll(() => receiver.stats().bytes, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0);
  clearInterval(repeat);
}

function datagramsOf(data: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(data.length / size) }, (_, i) => data.subarray(i * size, (i + 1) * size));
}

const packings = {
  raw: (codec: "h264" | "h265") => (unit: AccessUnit) =>
    datagramsOf(Buffer.concat([unit.data, Buffer.from(DELIMITERS[codec])]), 1452),
  ts: (codec: "h264" | "h265") => {
    const muxer = new TsMuxer({ codec });
    let ptsMs = 1_000;
    return (unit: AccessUnit) => {
      ptsMs += 33;
      return datagramsOf(muxer.mux(unit, ptsMs), 1316);
    };
  },
  rtp: (codec: "h264" | "h265") => {
    const packetiser = new RtpPacketiser({ codec });
    let timestamp = 0;
    return (unit: AccessUnit) => {
      timestamp += 3_000;
      return packetiser.packets(unit, timestamp);
    };
  },
};

describe("Receiver over UDP", () => {
  it.each([
    ["raw", "h264"],
    ["raw", "h265"],
    ["ts", "h264"],
    ["ts", "h265"],
    ["rtp", "h264"],
    ["rtp", "h265"],
  ] as const)("finds out by itself that it is %s %s", async (format, codec) => {
    const units = unitsOf(await makeStream({ ...STREAM, codec }), codec);
    const port = await freePort();
    const { receiver, take } = open(`udp://127.0.0.1:${port}`);
    const socket = await openSocket();
    const pack = packings[format](codec);
    const [first, ...rest] = units.map((unit) => pack(unit));
    await sendUntilHeard(socket, receiver, first as Buffer[], { port, host: "127.0.0.1" });
    for (const datagram of rest.flat()) socket.send(datagram, port, "127.0.0.1");
    // The first unit was sent again and again until it was heard.
    const taken = await take(20);
    while (!taken.at(-1)?.data.equals(units.at(-1)?.data as Buffer)) taken.push(...(await take(1)));
    expect(taken.slice(-19).map((unit) => unit.data)).toEqual(units.slice(1).map((unit) => unit.data));
    expect(taken.every((unit) => unit.codec === codec)).toBe(true);
  });

  it("joins a multicast group by itself", async () => {
    const units = unitsOf(await makeStream({ ...STREAM, codec: "h264" }), "h264");
    const port = await freePort();
    const { receiver, take } = open(`udp://239.255.77.1:${port}?interface=127.0.0.1`);
    const socket = await openSocket();
    socket.setMulticastInterface("127.0.0.1");
    const datagrams = units.map(packings.raw("h264"));
    await sendUntilHeard(socket, receiver, datagrams[0] as Buffer[], { port, host: "239.255.77.1" });
    for (const datagram of datagrams.flat()) socket.send(datagram, port, "239.255.77.1");
    expect((await take(20)).at(-1)?.data.length).toBeGreaterThan(0);
  });

  it("takes only the named source of a group", async () => {
    const port = await freePort();
    const { receiver } = open(`udp://232.1.1.1:${port}?interface=127.0.0.1&source=127.0.0.1`);
    const socket = await openSocket();
    socket.setMulticastInterface("127.0.0.1");
    await sendUntilHeard(socket, receiver, [Buffer.from([0, 0, 0, 1, 9])], { port, host: "232.1.1.1" });
    expect(receiver.stats().bytes).toBeGreaterThan(0);
  });

  it("listens on IPv6", async () => {
    const units = unitsOf(await makeStream({ ...STREAM, codec: "h264" }), "h264");
    const port = await freePort();
    const { receiver, take } = open(`udp://[::1]:${port}`);
    const socket = await openSocket("udp6");
    const datagrams = units.map(packings.raw("h264"));
    await sendUntilHeard(socket, receiver, datagrams[0] as Buffer[], { port, host: "::1" });
    for (const datagram of datagrams.flat()) socket.send(datagram, port, "::1");
    expect(await take(20)).toHaveLength(20);
  });

  it("listens to one sender; noise and a second stream are counted and dropped", async () => {
    const units = unitsOf(await makeStream({ ...STREAM, codec: "h264" }), "h264");
    const other = unitsOf(await makeStream({ ...STREAM, codec: "h264", width: 160, height: 120 }), "h264");
    const port = await freePort();
    const { receiver, take } = open(`udp://127.0.0.1:${port}`);
    const [noisy, first, second] = [await openSocket(), await openSocket(), await openSocket()];
    const to = { port, host: "127.0.0.1" };
    await sendUntilHeard(noisy, receiver, [Buffer.alloc(500, 0xee)], to);
    const [ours, theirs] = [units.map(packings.raw("h264")), other.map(packings.raw("h264"))];
    for (let i = 0; i < 20; i++) {
      for (const datagram of ours[i] as Buffer[]) first.send(datagram, port, "127.0.0.1");
      if (i === 0) await take(1);
      for (const datagram of theirs[i] as Buffer[]) second.send(datagram, port, "127.0.0.1");
      noisy.send(Buffer.alloc(500, 0xee), port, "127.0.0.1");
    }
    expect((await take(19)).map((unit) => unit.data)).toEqual(units.slice(1).map((unit) => unit.data));
    expect(receiver.stats().discardedBytes).toBeGreaterThan(1_000);
    expect(receiver.stats().lost).toBe(0);
  });

  it.each([
    [
      "udp://192.0.2.77:5000",
      "invalid-url",
      /udp:\/\/ listens on this machine, which is not 192\.0\.2\.77; allowed: 0\.0\.0\.0/,
    ],
    [
      "udp://239.1.1.1:5000?interface=nosuch0",
      "invalid-option",
      /interface "nosuch0" does not exist; there are lo 127\.0\.0\.1/,
    ],
    ["udp://127.0.0.1:5000?interface=lo", "invalid-url", /interface is only for multicast groups/],
    ["udp://no.such.host.invalid:5000", "invalid-url", /the host's name is not known/],
  ])("%s ends with an error that says what is allowed", async (url, code, message) => {
    const { receiver } = open(url);
    const error = await new Promise((resolve) => receiver.once("error", resolve));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("says that a port is taken", async () => {
    const socket = await openSocket();
    const { receiver } = open(`udp://127.0.0.1:${socket.address().port}`);
    const error = await new Promise((resolve) => receiver.once("error", resolve));
    expect(error).toMatchObject({ code: "bind-failed", message: expect.stringContaining("taken by another program") });
  });

  it("joins a group on every interface unless one is named", async () => {
    const { multicastInterfaces } = await import("../../../lib/network-interfaces.js");
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const expected = addresses.filter((info) => info.family === "IPv4").map((info) => info.address);
    expect(multicastInterfaces(undefined, 4)).toEqual([...new Set(expected)]);
    expect(multicastInterfaces("lo", 4)).toEqual(["127.0.0.1"]);
    expect(multicastInterfaces("lo", 6)).toEqual(["::%lo"]);
  });
});
