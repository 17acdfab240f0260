import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { splitNalUnits } from "../../../lib/codecs/annexb.js";
import { depacketiseH264 } from "../../../lib/rtp/h264-payload.js";
import { NalCollector } from "../../../lib/rtp/nal-collector.js";
import type { RtpPacket } from "../../../lib/rtp/packet.js";
import { writeReceiverReport } from "../../../lib/rtp/rtcp.js";
import { rtpTimestamp } from "../../../server/rtsp/rtp-picture.js";
import { FakeClock } from "../../support/fake-clock.js";
import { writeNack, writePictureLoss } from "../../support/rtcp-feedback.js";
import { jpegUnit, vp8Units, webUnits } from "./support/web-units.js";
import { WhepStage } from "./support/whep-stage.js";
import { WhepViewer } from "./support/whep-viewer.js";

/** Each picture's time and NAL units. */
function picturesOf(packets: readonly RtpPacket[]): [number, Buffer[]][] {
  const pictures: [number, Buffer[]][] = [];
  const collector = new NalCollector(1_000_000);
  for (const { payload, marker, timestamp } of packets) {
    depacketiseH264(payload, collector);
    if (marker) pictures.push([timestamp, collector.take()]);
  }
  return pictures;
}

function expected(units: readonly AccessUnit[]): [number, Buffer[]][] {
  return units.map(({ mediaTimeMs = 0, data }) => [rtpTimestamp(mediaTimeMs), splitNalUnits(data)]);
}

function ssrcOf({ packets }: WhepViewer): number {
  return packets[0]?.ssrc as number;
}

/** The end of DTLS may overtake the goodbye. */
function isSentOff({ reports, isOpen }: WhepViewer): boolean {
  return !isOpen || reports.some(({ kind }) => kind === "bye");
}

describe("a viewer by WHEP", () => {
  it("sees the group of pictures that is under way, and what follows, byte for byte", async () => {
    await using stage = await WhepStage.set();
    const camera = stage.liveCamera();
    using viewer = await WhepViewer.connect(stage);
    await viewer.arrived(3);
    const more = webUnits({ count: 4, gop: 2, from: 3, bytes: 3_000 });
    for (const unit of more) camera.unit(unit);
    const units = [...webUnits({ count: 3 }), ...more];
    await viewer.until(() => picturesOf(viewer.packets).length === units.length);
    expect(picturesOf(viewer.packets)).toEqual(expected(units));
    const numbers = viewer.packets.map(({ sequence }) => sequence);
    expect(numbers).toEqual(numbers.map((_, index) => ((numbers[0] as number) + index) & 0xffff));
    expect(viewer.datagrams[0]?.toString("hex", 12, 20)).toBe("bede000172000000");
    expect(viewer.answer.body).toContain(`a=ssrc:${ssrcOf(viewer)} cname:`);
  });

  it("sees VP8 as the camera made it, cut into packets", async () => {
    await using stage = await WhepStage.set();
    const camera = stage.camera();
    const units = vp8Units({ count: 4, gop: 3, bytes: 2_500 });
    for (const unit of units.slice(0, 2)) camera.unit(unit);
    camera.status.live();
    using viewer = await WhepViewer.connect(stage, "/whep/left", "vp8");
    expect(viewer.answer.body).toMatch(/^a=rtpmap:98 VP8\/90000\r$/m);
    await viewer.arrived(6);
    for (const unit of units.slice(2)) camera.unit(unit);
    const packets = await viewer.arrived(12);
    expect(packets.map(({ payload }) => payload[0])).toEqual(units.flatMap(() => [0x10, 0, 0]));
    const data = units.map((_, index) =>
      Buffer.concat(packets.slice(index * 3, index * 3 + 3).map(({ payload }) => payload.subarray(1))),
    );
    expect(data).toEqual(units.map((unit) => unit.data));
    expect(packets.map(({ payloadType }) => payloadType)).toEqual(Array(12).fill(98));
  });

  it("counts while it is connected, and is gone as soon as it says so", async () => {
    await using stage = await WhepStage.set();
    const camera = stage.liveCamera();
    using viewer = await WhepViewer.connect(stage);
    await viewer.arrived(3);
    expect([camera.viewers, camera.sentBytes > 300]).toEqual([1, true]);
    viewer.leave();
    await expect.poll(() => camera.viewers).toBe(0);
    expect(stage.logger.lines.at(-1)).toBe("info WebRTC viewer gone: the viewer left");
  });

  it("is sent again what it asks for, and the figures tell", async () => {
    const clock = new FakeClock();
    await using stage = await WhepStage.set(clock);
    stage.liveCamera();
    using viewer = await WhepViewer.connect(stage);
    const [, lost] = await viewer.arrived(3);
    // It has that already, so its own protection against repeats takes it away again.
    viewer.send(writeNack(ssrcOf(viewer), [lost?.sequence as number]));
    clock.advance(500);
    viewer.send(writePictureLoss(ssrcOf(viewer)));
    await viewer.arrived(6);
    expect(picturesOf(viewer.packets.slice(3))).toEqual(expected(webUnits({ count: 3 })));
    const metrics = await stage.metrics.metrics();
    expect(metrics).toContain("glasslink_webrtc_resent_packets_total 1\n");
    expect(metrics).toContain("glasslink_webrtc_keyframe_requests_total 1\n");
  });

  it("is told the time every second, and sent off when it says nothing for 5 s", async () => {
    const clock = new FakeClock();
    await using stage = await WhepStage.set(clock);
    const camera = stage.liveCamera();
    using viewer = await WhepViewer.connect(stage);
    await viewer.arrived(3);
    for (let second = 0; second < 8; second++) {
      clock.advance(1_000);
      const reports = viewer.reports.length;
      await viewer.until(() => viewer.reports.length > reports);
      viewer.send(writeReceiverReport(1, [], "viewer"));
      // When this is answered, what it said before has been heard.
      const packets = viewer.packets.length;
      viewer.send(writePictureLoss(ssrcOf(viewer)));
      await viewer.arrived(packets + 3);
    }
    expect(viewer.reports).toMatchObject(Array(8).fill({ kind: "sender-report", report: { ssrc: ssrcOf(viewer) } }));
    expect(camera.viewers).toBe(1);
    clock.advance(6_000);
    expect(camera.viewers).toBe(0);
    expect(stage.logger.lines.at(-1)).toBe("info WebRTC viewer gone: the viewer said nothing for 5 s");
  });

  it("is sent off when its session is deleted", async () => {
    await using stage = await WhepStage.set();
    stage.liveCamera();
    using viewer = await WhepViewer.connect(stage);
    await viewer.arrived(3);
    expect((await stage.ask(viewer.answer.headers.location as string, { method: "DELETE" })).status).toBe(200);
    await viewer.until(() => isSentOff(viewer));
  });

  it("is sent off when its camera is taken away, or gives another codec", async () => {
    await using stage = await WhepStage.set();
    const [left, right] = [stage.liveCamera(), stage.liveCamera("right")];
    using one = await WhepViewer.connect(stage);
    using other = await WhepViewer.connect(stage, "/whep/right");
    await Promise.all([one.arrived(3), other.arrived(3)]);
    left.remove();
    right.unit(jpegUnit());
    expect([left.viewers, right.viewers]).toEqual([0, 0]);
    expect(stage.logger.lines.slice(-2)).toEqual([
      "info WebRTC viewer gone: the camera was taken away",
      "info WebRTC viewer gone: the camera gives mjpeg now, no longer h264",
    ]);
    await Promise.all([one, other].map((viewer) => viewer.until(() => isSentOff(viewer))));
    expect(stage.failures).toEqual([]);
  });

  it("comes back for what the camera gives after a change between H.264 and VP8", async () => {
    await using stage = await WhepStage.set();
    const camera = stage.liveCamera();
    using one = await WhepViewer.connect(stage);
    await one.arrived(3);
    for (const unit of vp8Units({ count: 1, from: 3 })) camera.unit(unit);
    await one.until(() => isSentOff(one));
    expect(stage.logger.lines.at(-1)).toBe("info WebRTC viewer gone: the camera gives vp8 now, no longer h264");
    using again = await WhepViewer.connect(stage, "/whep/left", "vp8");
    await again.arrived(1);
    for (const unit of webUnits({ count: 1, from: 4 })) camera.unit(unit);
    await again.until(() => isSentOff(again));
    expect(one.packets.length + again.packets.length).toBe(4);
  });

  it("sees what others do not disturb", async () => {
    await using stage = await WhepStage.set();
    const camera = stage.liveCamera();
    using one = await WhepViewer.connect(stage);
    using other = await WhepViewer.connect(stage);
    await Promise.all([one.arrived(3), other.arrived(3)]);
    other.send(Buffer.from("80cd0003ffffffffffffffffffffffff", "hex"));
    other.send(Buffer.alloc(40, 0x81));
    other.leave();
    for (const unit of webUnits({ count: 2, from: 3 })) camera.unit(unit);
    await one.arrived(5);
    expect(picturesOf(one.packets)).toEqual(expected([...webUnits({ count: 3 }), ...webUnits({ count: 2, from: 3 })]));
  });
});
