import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { FramePool } from "../../lib/ffmpeg/frame-pool.js";
import type { FrameDetails } from "../../lib/frame.js";
import { FrameOutlet } from "../../lib/frame-outlet.js";
import { Counters } from "../../lib/receiver-stats.js";
import type { ClockEstimate } from "../../lib/telemetry/clock-offset.js";
import type { FrameTelemetry } from "../../lib/telemetry/frame-telemetry.js";
import { FakeClock } from "../support/fake-clock.js";
import { makeSnapshot } from "./telemetry/make-snapshot.js";

const UNIT = { codec: "h264", data: Buffer.alloc(0), keyframe: true } as const;

interface Situation {
  /** Of the sender's clock when the picture is here, before ours. */
  takenMsAgo?: number;
  isStamped?: boolean;
  sameClock?: boolean;
  clockOffset?: ClockEstimate;
  hasTelemetry?: boolean;
}

/** What a frame tells, and the figures after it. */
function frameOf(situation: Situation): { frame: FrameDetails; counters: Counters; capturedAt: number } {
  const { takenMsAgo = 80, isStamped = true, sameClock = false, clockOffset, hasTelemetry = true } = situation;
  const clock = new FakeClock();
  const counters = new Counters(clock);
  const telemetry = { clockOffset, at: (atMs: number) => makeSnapshot(atMs - 10) } as unknown as FrameTelemetry;
  const frames: FrameDetails[] = [];
  const outlet = new FrameOutlet({
    ...{ clock, counters, pixelFormat: "gray", telemetry: hasTelemetry ? telemetry : undefined },
    onFrame: ({ details }) => frames.push(details),
  });
  outlet.sameClock = sameClock;
  const capturedAt = clock.wallNow() - takenMsAgo;
  const stamp = { sequence: 1, capturedAtUs: BigInt(capturedAt * 1_000), byteLength: 0, checksum: 0 };
  const unit: AccessUnit = { ...UNIT, receivedAtMs: clock.now() - 5, ...(isStamped && { stamp }) };
  const nowMs = clock.now();
  const picture = { data: Buffer.alloc(4), width: 2, height: 2, pool: new FramePool(4), decodedAtMs: nowMs };
  outlet.picture({ unit, fedAtMs: nowMs, ...picture }, 0, undefined);
  return { frame: frames[0] as FrameDetails, counters, capturedAt };
}

describe("FrameOutlet", () => {
  it.each<{ what: string; situation: Situation; latencyMs?: number; latencyUncertaintyMs?: number }>([
    {
      what: "a sender on this machine, exactly",
      situation: { sameClock: true },
      ...{ latencyMs: 80, latencyUncertaintyMs: 0 },
    },
    {
      what: "a sender on this machine, by the clock that they share",
      situation: { sameClock: true, clockOffset: { offsetMs: 500, uncertaintyMs: 1 } },
      ...{ latencyMs: 80, latencyUncertaintyMs: 0 },
    },
    {
      what: "a sender whose clock is ahead",
      situation: { takenMsAgo: -920, clockOffset: { offsetMs: 1_000, uncertaintyMs: 2.5 } },
      ...{ latencyMs: 80, latencyUncertaintyMs: 2.5 },
    },
    {
      what: "a sender whose clock is behind",
      situation: { takenMsAgo: 3_600_030, clockOffset: { offsetMs: -3_600_000, uncertaintyMs: 1 } },
      ...{ latencyMs: 30, latencyUncertaintyMs: 1 },
    },
    {
      what: "a picture that seems to come before it was taken, within what is uncertain",
      situation: { takenMsAgo: -2, clockOffset: { offsetMs: 0, uncertaintyMs: 3 } },
      ...{ latencyMs: -2, latencyUncertaintyMs: 3 },
    },
    {
      what: "a picture that comes before it was taken: not at all",
      situation: { takenMsAgo: -4, clockOffset: { offsetMs: 0, uncertaintyMs: 3 } },
    },
    { what: "a sender whose clock is not known: not at all", situation: {} },
    { what: "a receiver without telemetry: not at all", situation: { hasTelemetry: false } },
    { what: "a stream without stamps: not at all", situation: { isStamped: false, sameClock: true } },
  ])("tells the latency of $what", ({ situation, latencyMs, latencyUncertaintyMs }) => {
    const { frame, counters } = frameOf(situation);
    expect([frame.latencyMs, frame.latencyUncertaintyMs]).toEqual([latencyMs, latencyUncertaintyMs]);
    const { latencyMs: figures, latencyUncertaintyMs: uncertainty } = counters.snapshot();
    expect([figures?.p50 ?? undefined, uncertainty ?? undefined]).toEqual([latencyMs, latencyUncertaintyMs]);
  });

  it("gives a frame the telemetry of its capture time, by the sender's clock", () => {
    const { frame, capturedAt } = frameOf({ takenMsAgo: -920 });
    expect(frame.telemetry).toEqual(makeSnapshot(capturedAt - 10));
  });

  it.each([{ hasTelemetry: false }, { isStamped: false }])("gives a frame no telemetry with %j", (situation) => {
    expect("telemetry" in frameOf(situation).frame).toBe(false);
  });
});
