import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { parseRtcp, writeBye, writeSenderReport } from "../../../lib/rtp/rtcp.js";
import { openSource } from "../../../lib/sources/index.js";
import { FakeClock } from "../../support/fake-clock.js";
import { fingerprints } from "../../support/recording-sink.js";
import { runSource, sourceContext } from "../../support/run-source.js";
import { count, pictures, play, sendWhenPlayed, serve, splitSets } from "./rtsp-stage.js";

const SSRC = 0xabcd;
const TAKEN_AT_MS = 1_700_000_000_000;

/** That media time 0 of a test's server was at {@link TAKEN_AT_MS}. */
function senderReport(changes: { ssrc?: number; ntpMs?: number } = {}): Buffer {
  const report = { ssrc: SSRC, ntpMs: TAKEN_AT_MS, rtpTimestamp: 90_000, packets: 0, octets: 0, ...changes };
  return writeSenderReport(report, "camera");
}

describe.each(["tcp", "udp"])("reports by %s", (transport) => {
  it("of the sender tell when pictures were taken", async () => {
    const units = await pictures();
    const server = await serve();
    const seen = { units: 0 };
    server.onPlay = async (client) => {
      server.send(units[0] as never, 0);
      await expect.poll(() => seen.units).toBe(1);
      client.sendRtcp(senderReport({ ssrc: 1, ntpMs: 1 }));
      client.sendRtcp(senderReport());
      // By UDP nothing says which of two sockets is read first.
      for (let round = 0; round < 20; round++) await setImmediate();
      for (const [index, unit] of units.slice(1).entries()) server.send(unit, (index + 1) * 40);
    };
    const run = await play(`${server.url}?transport=${transport}`, (all) => {
      seen.units = all.units.length;
      return count(20)(all);
    });
    const times = run.units.map(({ capturedAtMs }) => capturedAtMs && Math.round(capturedAtMs - TAKEN_AT_MS));
    expect(times).toEqual([undefined, ...Array.from({ length: 19 }, (_, index) => (index + 1) * 40)]);
  });

  it("of the sender tell nothing any more when the timestamps jump", async () => {
    const units = await pictures();
    const server = await serve();
    server.onPlay = async (client) => {
      client.sendRtcp(senderReport());
      for (let round = 0; round < 20; round++) await setImmediate();
      for (const [index, unit] of units.entries()) server.send(unit, index * 33 + (index < 10 ? 0 : 3_600_000));
    };
    const run = await play(`${server.url}?transport=${transport}`, count(20));
    const told = run.units.map(({ capturedAtMs }) => capturedAtMs !== undefined);
    expect(told).toEqual([...Array(10).fill(true), ...Array(10).fill(false)]);
  });

  it("of ours come soon, and then every five seconds", async () => {
    const clock = new FakeClock();
    const units = await pictures();
    const server = await serve();
    sendWhenPlayed(server, units);
    const reports = (): Buffer[] => (server.newest?.rtcp ?? []).filter((packet) => packet.length > 8);
    let received = 0;
    const run = runSource(openSource(`${server.url}?transport=${transport}`, sourceContext({ clock })), (seen) => {
      received = seen.units.length;
      return false;
    });
    const advanced = async (milliseconds: number, expected: number): Promise<void> => {
      clock.advance(milliseconds);
      await expect.poll(() => reports().length).toBe(expected);
    };
    await expect.poll(() => received).toBe(20);
    await advanced(1_000, 1);
    await advanced(5_000, 2);
    await advanced(5_000, 3);
    expect(parseRtcp(reports().at(-1) as Buffer)).toMatchObject([
      { kind: "receiver-report", blocks: [{ ssrc: SSRC, cumulativeLost: 0, fractionLost: 0 }] },
    ]);
    server.newest?.sendRtcp(writeBye(SSRC, "camera"));
    expect((await run).error).toMatchObject({ code: "stream-ended" });
    expect(clock.waiting).toBe(0);
  });

  it("of the sender end the stream, where they say so", async () => {
    const server = await serve();
    const units = await pictures();
    server.onPlay = (client) => {
      server.send(units[0] as never, 0);
      client.sendRtcp(writeBye(SSRC + 1, "somebody else"));
      for (const [index, unit] of units.slice(1).entries()) server.send(unit, index * 33);
    };
    const run = await play(`${server.url}?transport=${transport}`, (seen) => {
      if (count(20)(seen)) server.newest?.sendRtcp(writeBye(SSRC, "camera"));
      return false;
    });
    expect(run.units).toHaveLength(20);
    expect(run.error).toMatchObject({ code: "stream-ended", message: expect.stringContaining("ended the stream") });
  });
});

describe("a server's own requests", () => {
  it.each([
    ["TEARDOWN", {}, "", "the server ended the session"],
    ["REDIRECT", {}, "", "the server ended the session"],
    ["ANNOUNCE", {}, "v=0\r\n", "describes the stream anew"],
  ])("end the stream: %s", async (method, headers, body, said) => {
    const server = await serve();
    server.onPlay = (client) => client.ask(method, headers, body);
    expect((await play(server.url)).error).toMatchObject({
      code: "stream-ended",
      message: expect.stringContaining(said),
    });
  });
});

describe.each(["h264", "h265"] as const)("parameter sets of %s that only the description has", (codec) => {
  it("are put before every keyframe, of which none is lost", async () => {
    const units = await pictures(codec);
    const { sets } = splitSets(units[0] as never, codec);
    const sent = units.map((unit) => (unit.keyframe ? splitSets(unit, codec).bare : unit));
    const server = await serve({ codec, parameterSets: sets });
    sendWhenPlayed(server, sent);
    const run = await play(`${server.url}?transport=tcp`, count(20));
    expect(fingerprints(run.units)).toEqual(fingerprints(units));
    expect(run.lost).toBe(0);
  });

  it("make the keyframe behind a gap whole", async () => {
    const units = await pictures(codec);
    const { sets } = splitSets(units[0] as never, codec);
    const sent = units.map((unit) => (unit.keyframe ? splitSets(unit, codec).bare : unit));
    const server = await serve({ codec, parameterSets: sets });
    server.onPlay = (client) => {
      const packets = sent.map((unit, index) => server.packets(unit, index * 33));
      // The last picture before the second keyframe loses its end.
      packets[9]?.pop();
      for (const packet of packets.flat()) client.sendRtp(packet);
    };
    const run = await play(`${server.url}?transport=tcp`, count(19));
    expect(fingerprints(run.units)).toEqual(fingerprints(units.filter((_, index) => index !== 9)));
  });
});
