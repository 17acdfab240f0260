import { describe, expect, it } from "vitest";
import { WebrtcMedia } from "../../../lib/webrtc/webrtc-media.js";
import { FakeClock } from "../../support/fake-clock.js";
import { RecordingSourceSink } from "../../support/recording-source-sink.js";
import { SimulatedPeer, type SimulatedPeerOptions, seededRandom } from "./simulated-peer.js";

const LENGTH_MS = 30_000;
const FRAMES = 900;

/** What arrives of half a minute of video over such a network. */
function watch(network: Pick<SimulatedPeerOptions, "delayMs" | "loss" | "gop"> & { seed: number; nack?: boolean }) {
  const clock = new FakeClock();
  const sink = new RecordingSourceSink();
  const latencies: number[] = [];
  const media = new WebrtcMedia({
    ...{ codec: "vp8", payloadType: 96, clock, sink, nack: network.nack },
    send: (rtcp) => peer.feedback(rtcp),
    onEnded() {},
  });
  const deliver = (packet: Buffer) => media.packet(packet);
  const peer = new SimulatedPeer({ ...network, clock, deliver, random: seededRandom(network.seed) });
  const numbers: number[] = [];
  sink.onUnit = ({ data }) => {
    const number = data.readUInt32BE(data.length - 4);
    numbers.push(number);
    latencies.push(clock.now() - (peer.sentAtMs[number] as number));
  };
  clock.advance(LENGTH_MS);
  latencies.sort((a, b) => a - b);
  const latencyMs = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] as number;
  return { peer, sink, media, numbers, latencyMs };
}

describe("WebrtcMedia over a network that loses 3 % of all packets both ways", () => {
  it.each([1, 2, 3])("gets every picture whole at 20 ms each way, 95 of 100 within 150 ms: seed %d", (seed) => {
    const { peer, sink, numbers, latencyMs } = watch({ delayMs: 20, loss: 0.03, seed });
    expect(peer.counts.lost).toBeGreaterThan(100);
    expect(sink.lostCount).toBe(0);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => (numbers[0] as number) + index));
    expect(numbers.length).toBeGreaterThan(FRAMES - 20);
    expect(latencyMs(0.5)).toBeLessThan(30);
    expect(latencyMs(0.95)).toBeLessThan(150);
    expect(latencyMs(1)).toBeLessThan(300);
  });

  it.each([
    { delayMs: 2, share: 0.99 },
    { delayMs: 50, share: 0.98 },
    { delayMs: 75, share: 0.95 },
  ])("gets nearly every one at $delayMs ms each way", ({ delayMs, share }) => {
    const { sink, latencyMs } = watch({ delayMs, loss: 0.03, seed: 6 });
    expect(sink.units.length).toBeGreaterThan(FRAMES * share);
    expect(latencyMs(0.95)).toBeLessThan(100 + 4 * delayMs);
  });

  it("asks for little more than what is missing", () => {
    const { peer, media } = watch({ delayMs: 20, loss: 0.03, seed: 7 });
    const { nacks, recoveredPackets } = media.counters;
    expect(recoveredPackets).toBeLessThan(peer.counts.nacks);
    expect(peer.counts.nacks).toBeLessThan(recoveredPackets * 1.2);
    expect(nacks).toBeLessThan(recoveredPackets * 1.2);
  });

  it("heals with keyframes where nothing is asked for again, and gives no picture that was not sent", () => {
    const { peer, sink, numbers, latencyMs } = watch({ delayMs: 20, loss: 0.03, seed: 8, nack: false });
    expect(sink.lostCount).toBeGreaterThan(50);
    expect(peer.counts.nacks).toBe(0);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(sink.units.filter(({ keyframe }) => keyframe).length).toBeGreaterThan(25);
    // Nothing waits for longer than packets out of order do.
    expect(latencyMs(1)).toBeLessThan(100);
  });
});

it("WebrtcMedia over a network that loses a tenth gets nearly every picture, none of them late", () => {
  const { sink, latencyMs } = watch({ delayMs: 20, loss: 0.1, seed: 9 });
  expect(sink.units.length).toBeGreaterThan(FRAMES * 0.95);
  expect(latencyMs(1)).toBeLessThan(550);
});

it("WebrtcMedia over a network that loses nothing asks for nothing and adds no time", () => {
  const { peer, media, sink, latencyMs } = watch({ delayMs: 20, loss: 0, seed: 10, gop: 30 });
  expect(media.counters).toEqual({ nacks: 0, recoveredPackets: 0, keyframeRequests: 0 });
  // Those of the last 20 ms are still on their way.
  expect(sink.units.length).toBeGreaterThanOrEqual(peer.sentAtMs.length - 1);
  // The largest are 26 packets, one behind the other.
  expect(latencyMs(1)).toBeLessThan(20 + 26 / 2 + 1);
});
