import { describe, expect, it } from "vitest";
import { RtpPacketiser } from "../../../lib/rtp/packetiser.js";
import { parseRtcp } from "../../../lib/rtp/rtcp.js";
import { fingerprints } from "../../support/recording-sink.js";
import { makeUnits } from "../support/make-units.js";
import { GOP, packetsOf, RtspStage, timestampOf, unitsIn } from "../support/rtsp-stage.js";

const TCP = "RTP/AVP/TCP;unicast";

describe("RTSP output over TCP", () => {
  it("sends each picture's packets on the channel that was agreed on", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await stage.connect();
    await client.describe();
    expect(await client.setup(`${TCP};interleaved=4-5`)).toMatchObject({ protocol: "tcp", interleaved: [4, 5] });
    await client.play();
    stage.publish(1, 4_000);
    const frames = await client.frames(4, 4);
    expect(fingerprints(unitsIn(frames))).toEqual(fingerprints(stage.published));
    expect(packetsOf(frames).map(({ marker }) => marker)).toEqual([true, false, false, true]);
  });

  it("takes the next free channels where a client names none, or one of its sessions has them", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await stage.connect();
    await client.describe();
    const channels: unknown[] = [];
    for (const wish of ["", ";interleaved=0-1", ";interleaved=7-8"]) {
      client.session = undefined;
      channels.push((await client.setup(`${TCP}${wish}`)).interleaved);
    }
    expect(channels).toEqual([
      [0, 1],
      [2, 3],
      [7, 8],
    ]);
  });

  it("names in RTP-Info the very first packet, which comes behind the answer", async () => {
    await using stage = await RtspStage.set();
    stage.publish(3);
    const client = await stage.connect();
    const info = await client.playOverTcp();
    const [first] = packetsOf(await client.frames(1));
    expect(info).toEqual({
      url: `${client.url}/stream=0`,
      sequence: first?.sequence,
      timestamp: first?.timestamp,
    });
    expect(client.log.slice(0, 4)).toEqual(["response", "response", "response", 0]);
  });

  it("gives a client the current group of pictures at once, a millisecond apart, and goes on without a gap", async () => {
    await using stage = await RtspStage.set();
    stage.publish(GOP + 4);
    const client = await stage.connect();
    await client.playOverTcp();
    stage.publish(2);
    const frames = await client.frames(6);
    const group = stage.published.slice(GOP);
    expect(fingerprints(unitsIn(frames))).toEqual(fingerprints(group));
    const packets = packetsOf(frames);
    const newest = timestampOf(group[3]);
    expect(packets.map(({ timestamp }) => timestamp)).toEqual([
      ...[newest - 270, newest - 180, newest - 90, newest],
      ...[timestampOf(group[4]), timestampOf(group[5])],
    ]);
    const first = packets[0]?.sequence as number;
    expect(packets.map(({ sequence }) => sequence)).toEqual(packets.map((_, index) => (first + index) & 0xffff));
  });

  it("keeps the order of display of pictures that are coded in another", async () => {
    await using stage = await RtspStage.set();
    // I, P, B, P, and the B between the two that follows when the client is there.
    const times = [1_000, 1_100, 1_050, 1_200, 1_150];
    const units = makeUnits({ count: 5 }).map((unit, index) => ({ ...unit, mediaTimeMs: times[index] as number }));
    stage.give(units.slice(0, 4));
    const client = await stage.connect();
    await client.playOverTcp();
    stage.give(units.slice(4));
    const timestamps = packetsOf(await client.frames(5)).map(({ timestamp }) => timestamp / 90);
    expect(timestamps).toEqual([1_098, 1_100, 1_099, 1_200, 1_150]);
  });

  it("lets a client wait for the next keyframe with join=keyframe, and answers when it is there", async () => {
    await using stage = await RtspStage.set("?join=keyframe");
    stage.publish(2);
    const client = await stage.connect();
    await client.describe();
    await client.setup(TCP);
    const played = client.play();
    // The request is there before the next picture when a later one on another connection was answered.
    const other = await stage.connect();
    await other.describe();
    stage.publish(GOP);
    const info = await played;
    const [first, ...rest] = packetsOf(await client.frames(2));
    expect(info).toMatchObject({ sequence: first?.sequence, timestamp: timestampOf(stage.published[GOP]) });
    expect(rest).toHaveLength(1);
    expect(stage.running.output.stats().droppedUnits).toBe(0);
  });

  it("sends all clients the same packets", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const [one, other] = [await stage.connect(), await stage.connect()];
    await one.playOverTcp();
    stage.publish(2);
    await other.playOverTcp();
    const live = stage.publish(2);
    const received = await Promise.all([one.frames(5), other.frames(5)]);
    expect(received[0]?.slice(3)).toEqual(received[1]?.slice(3));
    expect(fingerprints(unitsIn(received[1] as Buffer[])).slice(3)).toEqual(fingerprints(live));
  });

  it("does not send what it has no client for, and counts what it sends", async () => {
    await using stage = await RtspStage.set();
    stage.publish(3);
    expect(stage.running.output.stats()).toMatchObject({ clients: 0, sentBytes: 0, droppedUnits: 0, sendErrors: 0 });
    const client = await stage.connect();
    await client.playOverTcp();
    const bytes = (await client.frames(3)).reduce((sum, { length }) => sum + length, 0);
    expect(stage.running.output.stats()).toMatchObject({ clients: 1, sentBytes: bytes });
  });

  it("ends each picture with a delimiter where aud=1 asks for it", async () => {
    await using stage = await RtspStage.set("?aud=1");
    const [unit] = stage.publish(1, 3_000);
    const client = await stage.connect();
    await client.playOverTcp();
    const frames = await client.frames(5);
    expect(fingerprints(unitsIn(frames))).toEqual(fingerprints(stage.published));
    const packets = packetsOf(frames);
    expect(packets.at(-1)?.payload).toEqual(Buffer.of(0x09, 0xf0));
    expect(packets.map(({ marker }) => marker)).toEqual([false, false, false, false, true]);
    const plain = new RtpPacketiser({ codec: "h264" }).packets(unit as never, 0);
    expect(packets.slice(0, 4).map(({ payload }) => payload)).toEqual(packetsOf(plain).map(({ payload }) => payload));
  });

  it("sends reports right behind the first picture and every 5 s, by both clocks", async () => {
    await using stage = await RtspStage.set();
    stage.publish(2);
    const client = await stage.connect();
    await client.playOverTcp();
    const [frame] = await client.frames(1, 1);
    const startMs = stage.clock.now();
    expect(client.log.slice(-3)).toEqual([0, 0, 1]);
    stage.clock.advance(4_999);
    stage.publish(1);
    stage.clock.advance(1);
    const reports = await client.frames(2, 1);
    const [first, second] = reports.map((report) => parseRtcp(report)[0]);
    const packets = packetsOf(await client.frames(3));
    const octets = packets.map(({ payload }) => payload.length);
    const expected = (count: number, passedMs: number) => ({
      ssrc: packets[0]?.ssrc,
      ntpMs: expect.closeTo(stage.clock.wallNow() - stage.clock.now() + startMs + passedMs, 1),
      rtpTimestamp: Math.round((startMs + passedMs) * 90),
      packets: count,
      octets: octets.slice(0, count).reduce((sum, bytes) => sum + bytes, 0),
    });
    expect(frame).toEqual(reports[0]);
    expect(first).toMatchObject({ kind: "sender-report", report: expected(2, 0) });
    expect(second).toMatchObject({ kind: "sender-report", report: expected(3, 5_000) });
  });

  it("closes a client that takes nothing for 10 s", async () => {
    await using stage = await RtspStage.set();
    stage.publish(1);
    const client = await stage.connect();
    await client.playOverTcp();
    client.socket.pause();
    stage.publish(4, 4 * 1024 * 1024);
    const before = stage.running.warnings.length;
    while (stage.running.output.stats().clients > 0) {
      stage.clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(stage.running.warnings.slice(before).map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(
        /^stalled: rtsp:.*\/stream: client 127\.0\.0\.1 port \d+ took nothing for 10 s and is closed$/,
      ),
    ]);
  });
});
