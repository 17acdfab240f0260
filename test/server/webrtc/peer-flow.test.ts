import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { parseRtp, type RtpPacket } from "../../../lib/rtp/packet.js";
import { parseRtcp } from "../../../lib/rtp/rtcp.js";
import { rtpTimestamp } from "../../../server/rtsp/rtp-picture.js";
import { StreamStatus } from "../../../server/stream-status.js";
import { WebCamera } from "../../../server/web/web-camera.js";
import { PeerFlow, type PeerFlowOptions } from "../../../server/webrtc/peer-flow.js";
import { FakeClock } from "../../support/fake-clock.js";
import { writeIntraRequest, writeNack, writePictureLoss } from "../../support/rtcp-feedback.js";
import { jpegUnit, vp8Units, webUnits } from "../web/support/web-units.js";

const SSRC = 0x1234_5678;

function begin(options: Partial<PeerFlowOptions> = {}) {
  const clock = new FakeClock();
  const status = new StreamStatus(() => "camera");
  const camera = new WebCamera({
    id: "left",
    status,
    senderClock: () => ({ offsetMs: 0, uncertaintyMs: 0 }),
    onViewerFailure: () => {},
  });
  const sent: Buffer[] = [];
  const line = { takes: true };
  const counters = { resentPackets: 0, keyframeRequests: 0 };
  const unsupported: AccessUnit[] = [];
  const flow = new PeerFlow({
    ...{
      gop: camera.hub.gop,
      totals: camera,
      clock,
      counters,
      cname: "name",
      ssrc: SSRC,
      codec: "h264",
      payloadType: 108,
      playoutDelayId: 5,
    },
    send(packet) {
      if (line.takes) sent.push(Buffer.from(packet));
      return line.takes;
    },
    onUnsupported: (unit) => unsupported.push(unit),
    ...options,
  });
  const give = (units: readonly AccessUnit[]): void => {
    for (const unit of units) camera.unit(unit);
  };
  const joined = (): void => {
    flow.join();
    camera.hub.add(flow);
  };
  /** What was sent since this was asked last. */
  const media = (): RtpPacket[] => sent.splice(0).flatMap((packet) => parseRtp(packet) ?? []);
  return { clock, camera, flow, sent, line, counters, unsupported, give, joined, media };
}

const timesOf = (units: readonly AccessUnit[]): number[] => units.map((unit) => rtpTimestamp(unit.mediaTimeMs ?? 0));
const timestamps = (packets: readonly RtpPacket[]): number[] => packets.map(({ timestamp }) => timestamp);
const sequences = (packets: readonly RtpPacket[]): number[] => packets.map(({ sequence }) => sequence);
const following = (sequence: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => (sequence + 1 + index) & 0xffff);

describe("a WebRTC viewer", () => {
  it("is sent the current group of pictures at once, each at its own time, and what follows", () => {
    const { give, joined, media } = begin();
    const units = webUnits({ count: 6, gop: 4 });
    give(units.slice(0, 3));
    joined();
    const burst = media();
    expect(timestamps(burst)).toEqual(timesOf(units.slice(0, 3)));
    give(units.slice(3));
    const live = media();
    expect(timestamps(live)).toEqual(timesOf(units.slice(3)));
    expect(sequences([...burst, ...live])).toEqual(following((burst[0]?.sequence as number) - 1, 6));
    expect(burst.every(({ marker, payloadType, ssrc }) => marker && payloadType === 108 && ssrc === SSRC)).toBe(true);
  });

  it("is told in every packet to show it at once", () => {
    const { give, joined, sent } = begin();
    joined();
    give(webUnits({ count: 2 }));
    expect(sent.map((packet) => [packet[0], packet.toString("hex", 12, 20)])).toEqual([
      [0x90, "bede000152000000"],
      [0x90, "bede000152000000"],
    ]);
  });

  it("is not told so where it does not know that", () => {
    const one = begin({ playoutDelayId: undefined });
    const other = begin();
    const units = webUnits({ count: 1, bytes: 5_000 });
    for (const { joined, give } of [one, other]) {
      joined();
      give(units);
    }
    expect(one.sent.map((packet) => packet[0])).toEqual(Array(6).fill(0x80));
    const payloads = [one, other].map(({ media }) => media().map(({ payload }) => payload));
    expect(payloads[0]).toEqual(payloads[1]);
  });

  it("shares its packets with others, whose heads differ", () => {
    const { camera, clock, sent, flow } = begin();
    const heads: string[] = [];
    const others = [7, 9].map((payloadType) => {
      return new PeerFlow({
        ...{
          gop: camera.hub.gop,
          totals: camera,
          clock,
          counters: { resentPackets: 0, keyframeRequests: 0 },
          cname: "",
          codec: "h264",
          onUnsupported: () => {},
        },
        ...{ ssrc: payloadType, payloadType, playoutDelayId: payloadType === 7 ? undefined : 3 },
        send: (packet) => heads.push(`${packet[1]} ${packet.readUInt32BE(4)} ${packet.readUInt32BE(8)}`) > 0,
      });
    });
    for (const viewer of [...others, flow]) camera.hub.add(viewer);
    const [unit] = webUnits({ count: 1 });
    camera.unit(unit as AccessUnit);
    const timestamp = timesOf([unit as AccessUnit])[0];
    expect(heads).toEqual([`${0x80 | 7} ${timestamp} 7`, `${0x80 | 9} ${timestamp} 9`]);
    expect(parseRtp(sent[0] as Buffer)).toMatchObject({ payloadType: 108, timestamp, ssrc: SSRC, marker: true });
  });

  it("gets no packet over 1200 bytes, and only the last of a picture is marked", () => {
    const { give, joined, sent, media } = begin();
    joined();
    give(webUnits({ count: 1, bytes: 20_000 }));
    expect(Math.max(...sent.map(({ length }) => length))).toBe(1_200);
    const packets = media();
    expect(packets.map(({ marker }) => marker)).toEqual(packets.map((_, index) => index === packets.length - 1));
  });

  it("waits for the next keyframe where there is none yet, or too much since the last", () => {
    const { give, joined, media } = begin();
    const long = webUnits({ count: 60, bytes: 40_000 });
    give(long.slice(0, 40));
    joined();
    give(long.slice(40));
    expect(media()).toEqual([]);
    give(webUnits({ count: 1, from: 60 }));
    expect(timestamps(media())).toEqual([rtpTimestamp(3_000)]);
  });

  it("is sent again what it lost, unchanged", () => {
    const { give, joined, sent, flow, counters } = begin();
    joined();
    give(webUnits({ count: 20 }));
    const [first, lost, other] = [0, 5, 19].map((index) => sent[index] as Buffer) as [Buffer, Buffer, Buffer];
    sent.length = 0;
    flow.feedback(writeNack(SSRC, [lost.readUInt16BE(2), other.readUInt16BE(2)]));
    expect(sent).toEqual([lost, other]);
    expect(counters.resentPackets).toBe(2);
    sent.length = 0;
    flow.feedback(writeNack(SSRC, [(first.readUInt16BE(2) - 1) & 0xffff, (other.readUInt16BE(2) + 1) & 0xffff]));
    flow.feedback(writeNack(SSRC + 1, [lost.readUInt16BE(2)]));
    expect(sent).toEqual([]);
  });

  it("cannot ask for what went out more than 1024 packets before", () => {
    const { give, joined, sent, flow } = begin();
    joined();
    give(webUnits({ count: 1_025 }));
    const [gone, kept] = [sent[0] as Buffer, sent[1] as Buffer];
    sent.length = 0;
    flow.feedback(writeNack(SSRC, [gone.readUInt16BE(2), kept.readUInt16BE(2)]));
    expect(sent).toEqual([kept]);
  });

  it("is sent half of what it is sent again at most, once 512 packets are used up", () => {
    const { give, joined, sent, flow } = begin();
    joined();
    give(webUnits({ count: 100 }));
    const last = sent.at(-1)?.readUInt16BE(2) as number;
    sent.length = 0;
    flow.feedback(writeNack(SSRC, Array(1_000).fill(last)));
    expect(sent.length).toBe(512);
    give(webUnits({ count: 40, from: 100 }));
    sent.length = 0;
    flow.feedback(writeNack(SSRC, Array(1_000).fill(last)));
    expect(sent.length).toBe(20);
  });

  it.each([
    ["PLI", writePictureLoss(SSRC)],
    ["FIR", writeIntraRequest(SSRC)],
  ])("that asks for a keyframe by %s is sent the group of pictures again, not too often", (_name, request) => {
    const { give, joined, media, flow, clock, counters } = begin();
    joined();
    const units = webUnits({ count: 4 });
    give(units);
    const before = media();
    // The first time at once: it may have lost the beginning.
    for (let count = 0; count < 3; count++) flow.feedback(request);
    const again = media();
    expect(timestamps(again)).toEqual(timesOf(units));
    expect(sequences(again)).toEqual(following(before.at(-1)?.sequence as number, 4));
    clock.advance(299);
    flow.feedback(request);
    expect(media()).toEqual([]);
    clock.advance(1);
    for (let count = 0; count < 3; count++) flow.feedback(request);
    expect(timestamps(media())).toEqual(timesOf(units));
    expect(counters.keyframeRequests).toBe(2);
  });

  it("whose line takes nothing misses the rest up to the next keyframe, and its numbers have no gap", () => {
    const { give, joined, media, line, camera } = begin();
    joined();
    const units = webUnits({ count: 9, gop: 6, bytes: 3_000 });
    give(units.slice(0, 2));
    const before = media();
    line.takes = false;
    give(units.slice(2, 4));
    line.takes = true;
    give(units.slice(4));
    const behind = media();
    expect([...new Set(timestamps(behind))]).toEqual(timesOf(units.slice(6)));
    // The one that the line did not take has a number: the viewer can ask for it.
    expect(sequences(behind)[0]).toBe(((before.at(-1)?.sequence as number) + 2) & 0xffff);
    expect(camera.droppedUnits).toBe(4);
  });

  it("gets big pictures in steps, in order", () => {
    const { give, joined, media, clock } = begin();
    joined();
    give(webUnits({ count: 1, bytes: 200_000 }));
    const first = media();
    expect(first.length).toBeLessThan(60);
    clock.advance(10);
    const rest = media();
    expect(first.length + rest.length).toBe(1 + Math.ceil(200_000 / 1_178));
    expect(rest.at(-1)?.marker).toBe(true);
    expect(sequences(rest)).toEqual(following(first.at(-1)?.sequence as number, rest.length));
  });

  it("is told how the stream's time lies on the wall clock, and what it was sent", () => {
    const { give, joined, sent, flow, clock } = begin();
    joined();
    flow.report();
    expect(sent).toEqual([]);
    const [unit] = webUnits({ count: 1 });
    give([{ ...(unit as AccessUnit), mediaTimeMs: 50_000, receivedAtMs: clock.now() }]);
    clock.advance(2_000);
    sent.length = 0;
    flow.report();
    const [report] = parseRtcp(sent[0] as Buffer);
    expect(report).toMatchObject({
      kind: "sender-report",
      report: { ssrc: SSRC, rtpTimestamp: rtpTimestamp(52_000), packets: 1, octets: expect.any(Number) },
    });
    expect(report?.kind === "sender-report" && report.report.ntpMs).toBeCloseTo(clock.wallNow(), 2);
  });

  it("says when the camera gives something else", () => {
    const { give, joined, sent, unsupported } = begin();
    joined();
    give([jpegUnit()]);
    expect(unsupported.length).toBe(1);
    expect(sent).toEqual([]);
  });

  it("is sent VP8 where that was agreed on, and nothing of a group of pictures that is H.264", () => {
    const { give, joined, media, flow, unsupported } = begin({ codec: "vp8" });
    give(webUnits({ count: 2 }));
    expect([flow.join(), media()]).toEqual([false, []]);
    const units = vp8Units({ count: 3, from: 2, bytes: 500 });
    give(units.slice(0, 2));
    joined();
    give(units.slice(2));
    const payloads = media().map(({ payload }) => payload);
    expect(payloads).toEqual(units.map(({ data }) => Buffer.concat([Buffer.of(0x10), data])));
    expect(unsupported).toEqual([]);
    give(webUnits({ count: 1, from: 5 }));
    expect([unsupported.length, media()]).toEqual([1, []]);
  });

  it("is told goodbye, and nothing afterwards", () => {
    const { give, joined, sent, flow, clock } = begin();
    joined();
    give(webUnits({ count: 1, bytes: 200_000 }));
    sent.length = 0;
    flow.close();
    clock.advance(100);
    expect(sent.map((packet) => parseRtcp(packet).at(-1))).toEqual([{ kind: "bye", ssrcs: [SSRC] }]);
    expect(clock.waiting).toBe(0);
  });
});
