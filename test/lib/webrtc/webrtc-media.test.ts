import { describe, expect, it } from "vitest";
import { joinNalUnits } from "../../../lib/codecs/annexb.js";
import type { StreamError } from "../../../lib/errors.js";
import { parseRtcp, writeBye, writeSenderReport } from "../../../lib/rtp/rtcp.js";
import { parseRtcpFeedback } from "../../../lib/rtp/rtcp-feedback.js";
import { WebrtcMedia, type WebrtcMediaOptions } from "../../../lib/webrtc/webrtc-media.js";
import { FakeClock } from "../../support/fake-clock.js";
import { RecordingSourceSink } from "../../support/recording-source-sink.js";
import { makePacket, NALS } from "../rtp/make-packet.js";
import { makeFrame, packFrames } from "../rtp/vp8-packets.js";

const FRAMES = Array.from({ length: 12 }, (_, tag) => makeFrame({ tag, length: 40, keyframe: tag % 6 === 0 }));
/** Two packets each. */
const PACKETS = packFrames(FRAMES, { pieces: FRAMES.map(() => [20]) });
const REMB = "52454d42";

/** The receiving side, and a log of the requests that it sends. */
function setUp(options: Partial<WebrtcMediaOptions> = {}) {
  const clock = new FakeClock();
  const sink = new RecordingSourceSink();
  const sent: Buffer[] = [];
  const ended: StreamError[] = [];
  const media = new WebrtcMedia({
    ...{ codec: "vp8", payloadType: 96, clock, sink },
    send: (rtcp) => void sent.push(rtcp),
    onEnded: (error) => void ended.push(error),
    ...options,
  });
  const take = (...packets: (Buffer | undefined)[]) => {
    for (const packet of packets) if (packet) media.packet(packet);
  };
  const requests = () => sent.flatMap(parseRtcpFeedback);
  return { clock, sink, sent, ended, media, take, requests, tags: () => sink.units.map(({ data }) => data.at(-1)) };
}

const without = (...missing: number[]) => PACKETS.filter((_, index) => !missing.includes(index));

describe("WebrtcMedia", () => {
  it("gives each frame in the call that brings its last packet, and asks for nothing", () => {
    const { clock, sink, sent, media } = setUp();
    for (const [index, packet] of PACKETS.entries()) {
      media.packet(packet);
      expect(sink.units).toHaveLength(Math.floor((index + 1) / 2));
    }
    expect(sink.units.map(({ data }) => data)).toEqual(FRAMES.map(({ data }) => data));
    clock.advance(900);
    expect([sent, sink.lostCount]).toEqual([[], 0]);
  });

  it("asks at once for what is missing, and gives all frames in order when it comes", () => {
    const { clock, sink, take, requests, media, tags } = setUp();
    take(...PACKETS.slice(0, 3), ...PACKETS.slice(4, 10));
    expect(requests()).toEqual([{ kind: "nack", ssrc: 1, sequences: [3] }]);
    expect(tags()).toEqual([0]);
    clock.advance(40);
    take(PACKETS[3]);
    expect(tags()).toEqual([0, 1, 2, 3, 4]);
    clock.advance(900);
    expect(requests()).toHaveLength(1);
    expect(media.counters).toEqual({ nacks: 1, recoveredPackets: 1, keyframeRequests: 0 });
    expect(sink.lostCount).toBe(0);
  });

  it("asks for a keyframe when a packet is given up, until one has come", () => {
    const { clock, sink, take, requests, tags } = setUp();
    take(...PACKETS.slice(0, 3), ...PACKETS.slice(4, 8));
    clock.advance(400);
    expect(tags()).toEqual([0]);
    take(...PACKETS.slice(8, 10));
    // The packets behind the gap have waited; those of the broken frame are gone.
    expect([tags(), sink.lostCount]).toEqual([[0, 2, 3, 4], 1]);
    clock.advance(1_000);
    const pictures = requests().filter(({ kind }) => kind === "keyframe-request");
    expect(pictures).toEqual(Array(4).fill({ kind: "keyframe-request", ssrc: 1 }));
    take(...PACKETS.slice(10, 14));
    clock.advance(1_000);
    expect(requests().filter(({ kind }) => kind === "keyframe-request")).toHaveLength(4);
    expect(tags()).toEqual([0, 2, 3, 4, 5, 6]);
  });

  it("asks for no packet again where that is off, waits for 20 ms only, and asks for a keyframe", () => {
    const { clock, take, requests, tags, media } = setUp({ nack: false });
    take(...PACKETS.slice(0, 3), ...PACKETS.slice(4, 6));
    clock.advance(20);
    take(...PACKETS.slice(6, 8));
    clock.advance(1);
    expect(tags()).toEqual([0, 2, 3]);
    expect(requests()).toEqual([{ kind: "keyframe-request", ssrc: 1 }]);
    expect(media.counters).toEqual({ nacks: 0, recoveredPackets: 0, keyframeRequests: 1 });
  });

  it("asks for a keyframe where it joins in the middle of a stream, and where its owner wants one", () => {
    const { clock, take, requests, media } = setUp();
    media.requestKeyframe();
    clock.advance(1_000);
    take(...PACKETS.slice(2, 4));
    clock.advance(0);
    expect(requests()).toEqual([{ kind: "keyframe-request", ssrc: 1 }]);
    take(...PACKETS.slice(4, 14));
    clock.advance(900);
    media.requestKeyframe();
    clock.advance(0);
    expect(requests()).toHaveLength(2);
  });

  it("tells who sends H.264 and no keyframe another bandwidth, and who sends VP8 does not", () => {
    const estimates = { h264: 0, vp8: 0 };
    for (const codec of ["h264", "vp8"] as const) {
      const { clock, sent, media, take } = setUp({ codec });
      take(PACKETS[0]);
      media.requestKeyframe();
      clock.advance(2_000);
      const told = sent.filter((packet) => packet.toString("hex").includes(REMB));
      estimates[codec] = told.length;
      expect(told.every((packet) => packet.readUInt32BE(packet.length - 4) === 1)).toBe(true);
    }
    expect(estimates).toEqual({ h264: 2, vp8: 0 });
  });

  it("puts H.264 of several slices together by timestamp and marker, and takes its parameter sets from inside", () => {
    const { sink, take } = setUp({ codec: "h264", payloadType: 102 });
    const nals = [NALS.sps(), NALS.pps(), NALS.keySlice(1), NALS.furtherSlice(2)];
    const pictures = [nals, [NALS.slice(3), NALS.furtherSlice(4)]];
    let sequence = 7;
    for (const [index, picture] of pictures.entries()) {
      for (const [position, payload] of picture.entries()) {
        const marker = position === picture.length - 1;
        take(makePacket({ sequence: sequence++, timestamp: index * 3_000, marker, payloadType: 102, payload }));
      }
    }
    expect(sink.units.map(({ data, keyframe }) => [data, keyframe])).toEqual(
      pictures.map((picture, index) => [joinNalUnits(picture), index === 0]),
    );
  });

  it("passes over packets of other types", () => {
    const { sink, sent, take } = setUp({ payloadType: 97 });
    take(...PACKETS);
    expect([sink.units, sent]).toEqual([[], []]);
  });

  it("reports every second, and takes the sender's reports for the time of capture", () => {
    const { clock, sink, sent, take } = setUp();
    const report = { ssrc: 1, ntpMs: 1_700_000_000_000, rtpTimestamp: 0, packets: 1, octets: 1 };
    take(PACKETS[0], writeSenderReport(report, "camera"), ...PACKETS.slice(1, 4));
    expect(sink.units.map(({ capturedAtMs }) => capturedAtMs)).toEqual([
      1_700_000_000_000,
      expect.closeTo(1_700_000_000_033.3, 1),
    ]);
    clock.advance(3_500);
    expect(sent.flatMap(parseRtcp)).toMatchObject(
      Array(3).fill({ kind: "receiver-report", blocks: [{ ssrc: 1, cumulativeLost: 0 }] }),
    );
  });

  it("begins anew with another SSRC, and asks of that one", () => {
    const { clock, take, requests, tags } = setUp();
    take(...PACKETS.slice(0, 4));
    const others = PACKETS.map((packet) => {
      const other = Buffer.from(packet);
      other.writeUInt32BE(9, 8);
      return other;
    });
    take(...others.slice(4, 6), ...others.slice(7, 8));
    expect(requests()).toEqual([{ kind: "nack", ssrc: 9, sequences: [6] }]);
    take(others[6], ...others.slice(8, 12));
    expect(tags()).toEqual([0, 1, 2, 3, 4, 5]);
    clock.advance(0);
    expect(requests().at(-1)).toEqual({ kind: "keyframe-request", ssrc: 9 });
  });

  it("tells when the peer says goodbye", () => {
    const { ended, take } = setUp();
    take(...PACKETS, writeBye(5, "other"));
    expect(ended).toEqual([]);
    take(writeBye(1, "camera"));
    expect(ended).toMatchObject([{ code: "stream-ended" }]);
  });

  it("does nothing more once it is closed, from inside a picture too", () => {
    const { clock, sink, sent, media, take } = setUp();
    sink.onUnit = () => media.close();
    take(...without(0, 1, 3));
    const before = [sink.units.length, sent.length];
    media.requestKeyframe();
    media.close();
    clock.advance(10_000);
    expect([sink.units.length, sent.length]).toEqual(before);
    expect(clock.waiting).toBe(0);
  });
});
