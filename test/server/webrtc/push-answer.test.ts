import { describe, expect, it } from "vitest";
import { systemClock } from "../../../lib/clock.js";
import { StreamError } from "../../../lib/errors.js";
import { GopCache } from "../../../lib/gop-cache.js";
import { loadNativeWebrtc } from "../../../lib/webrtc/native-webrtc.js";
import { readPushAnswer } from "../../../server/webrtc/push-answer.js";
import { PushPeer } from "../../../server/webrtc/push-peer.js";
import { PushAnswerer } from "../support/push-answerer.js";
import { makeOffer } from "./make-offer.js";

const H264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
const OFFERED = { mid: "1", codec: "h264", payloadTypes: [96, 97] } as const;

/** An answer that takes one format. */
function answerOf(payloadType: number): string {
  return makeOffer({ formats: [[payloadType, "H264", H264]] }).replaceAll("setup:actpass", "setup:active");
}

describe("an answer to our offer", () => {
  it.each([96, 97])("takes one of the formats: %i", (payloadType) => {
    const { payloadType: taken, sdp } = readPushAnswer(answerOf(payloadType), OFFERED);
    expect(taken).toBe(payloadType);
    expect(sdp.match(/^m=.*/gm)).toEqual([`m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`]);
  });

  it("that cannot be read is called an answer", () => {
    const broken = { code: "invalid-data", message: "the answer lacks a=rtcp-mux" };
    expect(() => readPushAnswer(answerOf(96).replaceAll("a=rtcp-mux", "a=x"), OFFERED)).toThrow(
      expect.objectContaining(broken),
    );
  });

  it("may be broken anywhere, and the library is not harmed", async () => {
    const native = await loadNativeWebrtc();
    const stream = { codec: "h264", codecString: undefined } as const;
    const counters = { resentPackets: 0, keyframeRequests: 0 };
    const shared = { native, stream, gop: new GopCache(), clock: systemClock, counters };
    const open = (): PushPeer =>
      new PushPeer({ ...shared, totals: { sentBytes: 0, droppedUnits: 0 }, onOpen: () => {}, onEnd: () => {} });
    const first = open();
    const answerer = await PushAnswerer.take((await first.offer()).sdp);
    const answer = await answerer.answer();
    answerer.close();
    first.close();
    const peers = [first];
    for (const [from, to] of breaks(answer, 60)) {
      const peer = open();
      peers.push(peer);
      await peer.offer();
      try {
        peer.answer(answer.slice(0, from) + "\u{1f4a5} 7:".slice(from % 5) + answer.slice(to));
      } catch (error) {
        expect(error).toBeInstanceOf(StreamError);
      }
      peer.close();
    }
    await Promise.all([...peers.map(({ closed }) => closed), answerer.until(() => answerer.isClosed)]);
  });
});

/** Places all over a text, each a few letters long. */
function breaks(text: string, count: number): [from: number, to: number][] {
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index / count) * text.length);
    return [from, from + (index % 9)];
  });
}
