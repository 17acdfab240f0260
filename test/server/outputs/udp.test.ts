import { mkdtemp, readFile, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { TsDemuxer } from "../../../lib/mpegts/demuxer.js";
import { parseRtp } from "../../../lib/rtp/packet.js";
import { RtpParser } from "../../../lib/rtp/rtp-parser.js";
import { hashAll } from "../../support/frame-hashes.js";
import { jpegUnits, makeJpegs } from "../../support/make-jpegs.js";
import { makeStream } from "../../support/make-stream.js";
import { DatagramReader } from "../support/datagram-reader.js";
import { makeUnits, wireOf } from "../support/make-units.js";
import { RunningOutput } from "../support/run-output.js";
import { unitsOf } from "../support/units-of.js";
import { vp8Units } from "../web/support/web-units.js";

const STREAM = { codec: "h264", width: 320, height: 240, fps: 30, frames: 12, gop: 6 } as const;
const JPEGS = { width: 320, height: 240, frames: 3 };

function publish(running: RunningOutput, units: readonly AccessUnit[]): void {
  for (const unit of units) running.hub.publish(unit);
}

function collector() {
  const units: AccessUnit[] = [];
  return { units, unit: (unit: AccessUnit) => void units.push(unit), lost: () => {}, discarded: () => {} };
}

describe("UDP output", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "glasslink-udp-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("sends the byte stream of TCP, each unit in datagrams of its own that end in the next delimiter", async () => {
    await using reader = await DatagramReader.open();
    await using running = await RunningOutput.start(`udp://127.0.0.1:${reader.port}`);
    const units = makeUnits({ count: 3, bytes: 3_000 });
    publish(running, units);
    const datagrams = await reader.datagrams(9);
    expect(datagrams.map(({ length }) => length <= 1_452)).toEqual(Array(9).fill(true));
    expect(Buffer.concat(datagrams)).toEqual(wireOf(units));
    expect(Buffer.concat(datagrams.slice(0, 3))).toEqual(wireOf(units.slice(0, 1)));
    expect(running.output.stats()).toMatchObject({ clients: 1, sentBytes: wireOf(units).length, sendErrors: 0 });
  });

  it("begins with a keyframe", async () => {
    await using reader = await DatagramReader.open();
    await using running = await RunningOutput.start(`udp://127.0.0.1:${reader.port}`);
    const units = makeUnits({ count: 6, gop: 4 });
    publish(running, units.slice(2));
    expect(Buffer.concat(await reader.datagrams(2))).toEqual(wireOf(units.slice(4)));
    expect(running.output.stats().droppedUnits).toBe(0);
  });

  it("sends MPEG-TS in datagrams of seven packets, with the media time", async () => {
    await using reader = await DatagramReader.open();
    await using running = await RunningOutput.start(`udp://127.0.0.1:${reader.port}?format=ts`);
    const units = unitsOf(await makeStream(STREAM));
    publish(running, units);
    const sink = collector();
    const demuxer = new TsDemuxer({ sink });
    for (let count = 1; sink.units.length < units.length; count++) {
      const datagram = (await reader.datagrams(count))[count - 1] as Buffer;
      expect([datagram.length % 188, datagram.length <= 1_316]).toEqual([0, true]);
      demuxer.push(datagram, 0);
    }
    expect(sink.units.map(({ data }) => data)).toEqual(units.map(({ data }) => data));
    const [first, second] = sink.units.map(({ mediaTimeMs = 0 }) => mediaTimeMs) as [number, number];
    expect(second - first).toBeCloseTo(1_000 / 30, 1);
  });

  it("sends RTP with 90 kHz timestamps", async () => {
    await using reader = await DatagramReader.open();
    const url = `udp://127.0.0.1:${reader.port}?format=rtp&sdp=${folder}/a.sdp`;
    await using running = await RunningOutput.start(url);
    const units = unitsOf(await makeStream(STREAM));
    publish(running, units);
    const sink = collector();
    const parser = new RtpParser({ sink });
    const timestamps = new Set<number>();
    for (let count = 1; sink.units.length < units.length; count++) {
      const datagram = (await reader.datagrams(count))[count - 1] as Buffer;
      expect(datagram.length).toBeLessThanOrEqual(1_452);
      timestamps.add(parseRtp(datagram)?.timestamp ?? -1);
      parser.push(datagram, count);
    }
    expect(sink.units.map(({ data }) => data)).toEqual(units.map(({ data }) => data));
    expect([...timestamps]).toEqual(units.map(({ receivedAtMs }) => Math.round(receivedAtMs * 90)));
  });

  it("sends MJPEG as RTP, and describes it", async () => {
    await using reader = await DatagramReader.open();
    const path = join(folder, "jpeg.sdp");
    await using running = await RunningOutput.start(`udp://127.0.0.1:${reader.port}?format=rtp&sdp=${path}`);
    const units = jpegUnits(await makeJpegs(JPEGS));
    publish(running, units);
    const sink = collector();
    const parser = new RtpParser({ sink });
    for (let count = 1; sink.units.length < units.length; count++) {
      const datagram = (await reader.datagrams(count))[count - 1] as Buffer;
      expect([datagram.length <= 1_400, parseRtp(datagram)?.payloadType]).toEqual([true, 26]);
      parser.push(datagram, count);
    }
    const [got, sent] = await hashAll([sink.units, units]);
    expect(got).toEqual(sent);
    await running[Symbol.asyncDispose]();
    const text = await readFile(path, "utf8");
    expect(text).toContain(`m=video ${reader.port} RTP/AVP 26\r\na=rtpmap:26 JPEG/90000\r\n`);
  });

  it("drops JPEGs that are not whole, says so once, and goes on with the next", async () => {
    await using reader = await DatagramReader.open();
    const url = `udp://127.0.0.1:${reader.port}?format=rtp&sdp=${folder}/a.sdp`;
    await using running = await RunningOutput.start(url);
    const [first, second, third] = jpegUnits(await makeJpegs(JPEGS)) as [AccessUnit, AccessUnit, AccessUnit];
    const cut = (unit: AccessUnit) => ({ ...unit, data: unit.data.subarray(0, -100) });
    publish(running, [cut(first), cut(second), third]);
    expect(parseRtp((await reader.datagrams(1))[0] as Buffer)?.payload.readUIntBE(1, 3)).toBe(0);
    expect([running.output.stats().droppedUnits, running.failures]).toEqual([2, []]);
    expect(running.warnings.map(({ message }) => message)).toEqual([
      `udp://127.0.0.1:${reader.port}: no whole JPEG: its coded data is cut or missing; such pictures are dropped`,
    ]);
  });

  it.each([
    ["rtp", "RTP cannot carry a JPEG that has Huffman tables of its own; allowed: the standard ones"],
    ["ts", "format=ts cannot carry mjpeg; it carries h264, h265"],
  ])("fails for good where format=%s cannot carry the JPEGs", async (format, message) => {
    await using reader = await DatagramReader.open();
    const sdp = format === "rtp" ? `&sdp=${folder}/a.sdp` : "";
    await using running = await RunningOutput.start(`udp://127.0.0.1:${reader.port}?format=${format}${sdp}`);
    publish(running, jpegUnits(await makeJpegs({ ...JPEGS, encoder: ["-huffman", "optimal"] })));
    expect(running.failures).toEqual([
      expect.objectContaining({ code: "unsupported", message: expect.stringContaining(message) }),
    ]);
  });

  it("sends VP8 over RTP, and describes it", async () => {
    await using reader = await DatagramReader.open();
    const path = join(folder, "camera.sdp");
    await using running = await RunningOutput.start(`udp://127.0.0.1:${reader.port}?format=rtp&sdp=${path}`);
    const units = vp8Units({ count: 3, gop: 2, bytes: 2_500 });
    publish(running, units);
    const packets = (await reader.datagrams(6)).map((datagram) => parseRtp(datagram));
    expect(packets.map((packet) => packet?.marker)).toEqual([false, true, false, true, false, true]);
    const bodies = packets.map((packet) => packet?.payload.subarray(1) as Buffer);
    expect(Buffer.concat(bodies)).toEqual(Buffer.concat(units.map(({ data }) => data)));
    await running[Symbol.asyncDispose]();
    expect(await readFile(path, "utf8")).toContain("RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n");
  });

  it.each([
    ["raw", "format=raw cannot carry vp8; it carries h264, h265, mjpeg"],
    ["ts", "format=ts cannot carry vp8; it carries h264, h265"],
  ])("fails for good where format=%s cannot carry VP8", async (format, message) => {
    await using reader = await DatagramReader.open();
    await using running = await RunningOutput.start(`udp://127.0.0.1:${reader.port}?format=${format}`);
    publish(running, vp8Units({ count: 1 }));
    expect(running.failures).toEqual([expect.objectContaining({ code: "unsupported", message })]);
  });

  it("writes the SDP of RTP at the first keyframe, says where, and does not write it again unchanged", async () => {
    await using reader = await DatagramReader.open();
    const path = join(folder, "camera.sdp");
    const url = `udp://127.0.0.1:${reader.port}?format=rtp&sdp=${path}`;
    await using running = await RunningOutput.start(url);
    publish(running, unitsOf(await makeStream(STREAM)));
    await running[Symbol.asyncDispose]();
    const text = await readFile(path, "utf8");
    expect(text).toContain("c=IN IP4 127.0.0.1\r\n");
    expect(text).toContain(`m=video ${reader.port} RTP/AVP 96\r\n`);
    expect(text).toMatch(/a=fmtp:96 .*sprop-parameter-sets=Z/);
    expect(running.logged).toEqual([{ details: expect.objectContaining({ path }), message: `SDP written to ${path}` }]);
    expect(running.output.stats().sdpPath).toBe(path);
  });

  it("goes on sending where the SDP cannot be written, and warns once", async () => {
    await using reader = await DatagramReader.open();
    const url = `udp://127.0.0.1:${reader.port}?format=rtp&sdp=${folder}/none/a.sdp`;
    await using running = await RunningOutput.start(url);
    publish(running, unitsOf(await makeStream(STREAM)));
    expect((await reader.datagrams(12)).length).toBeGreaterThanOrEqual(12);
    await running[Symbol.asyncDispose]();
    expect(running.warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining(`sdp=${folder}/none/a.sdp cannot be written: ENOENT`),
    ]);
  });

  it("sends to a multicast group on the named interface", async () => {
    await using reader = await DatagramReader.open({ group: { address: "239.1.1.1", via: "127.0.0.1" } });
    for (const name of ["lo", "127.0.0.1"]) {
      await using running = await RunningOutput.start(`udp://239.1.1.1:${reader.port}?interface=${name}`);
      publish(running, makeUnits({ count: 1 }));
      const count = name === "lo" ? 1 : 2;
      expect((await reader.datagrams(count))[count - 1]).toEqual(wireOf(makeUnits({ count: 1 })));
    }
  });

  it("sends over IPv6", async () => {
    await using reader = await DatagramReader.open({ family: 6 });
    await using running = await RunningOutput.start(`udp://[::1]:${reader.port}`);
    publish(running, makeUnits({ count: 1 }));
    expect(await reader.datagrams(1)).toEqual([wireOf(makeUnits({ count: 1 }))]);
  });

  it("sends to an IPv6 group on the named interface, and says so where no route leads there", async () => {
    const outside = Object.entries(networkInterfaces()).find(([, addresses]) =>
      addresses?.some(({ family, internal }) => family === "IPv6" && !internal),
    );
    const name = outside?.[0] ?? "lo";
    await using reader = await DatagramReader.open({ family: 6, group: { address: "ff12::239", via: `::%${name}` } });
    await using running = await RunningOutput.start(`udp://[ff12::239]:${reader.port}?interface=${name}`);
    await using unreachable = await RunningOutput.start(`udp://[ff12::239]:${reader.port}?interface=lo`);
    publish(unreachable, makeUnits({ count: 1 }));
    publish(running, makeUnits({ count: 1 }));
    if (outside) expect(await reader.datagrams(1)).toEqual([wireOf(makeUnits({ count: 1 }))]);
    while (unreachable.warnings.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(unreachable.warnings[0]?.message).toMatch(
      /cannot send: .*ENETUNREACH.*; interface= may name one of .*lo ::1/,
    );
  });

  it.each([
    [
      "udp://239.1.1.1:5000?interface=nosuch",
      /^udp:\/\/239\.1\.1\.1:5000: interface "nosuch" does not exist; there are .*lo 127\.0\.0\.1/,
    ],
    ["udp://127.0.0.1:5000?interface=lo", /interface=lo: only for multicast; 127\.0\.0\.1 is none$/],
  ])("refuses %s", async (url, message) => {
    await expect(RunningOutput.start(url)).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringMatching(message),
    });
  });

  it("fails, for another try, where the host's name does not resolve", async () => {
    await expect(RunningOutput.start("udp://camera.invalid:5000")).rejects.toMatchObject({
      code: "connect-failed",
      retryable: true,
      message: expect.stringContaining("udp://camera.invalid:5000: host camera.invalid cannot be resolved"),
    });
  });

  it("bears that nobody listens", async () => {
    const reader = await DatagramReader.open();
    await using running = await RunningOutput.start(`udp://127.0.0.1:${reader.port}`);
    await reader[Symbol.asyncDispose]();
    publish(running, makeUnits({ count: 50 }));
    await using later = await DatagramReader.open();
    await using other = await RunningOutput.start(`udp://127.0.0.1:${later.port}`);
    publish(other, makeUnits({ count: 1 }));
    await later.datagrams(1);
    expect(running.output.stats().sendErrors).toBe(0);
    expect(running.warnings).toEqual([]);
  });

  it("counts what the system refuses to send, and warns once", async () => {
    // The broadcast address is refused to sockets that did not ask for it.
    await using running = await RunningOutput.start("udp://255.255.255.255:5000");
    publish(running, makeUnits({ count: 3 }));
    while ((running.output.stats().sendErrors ?? 0) < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(running.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^udp:\/\/255\.255\.255\.255:5000: cannot send: .*EACCES/),
    ]);
  });
});
