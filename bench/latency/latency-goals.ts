import { atMost, type Goal } from "../report/goal.js";
import type { SizeResult } from "./latency-report.js";
import type { ConsumerRow } from "./measure-consumer.js";
import type { FirstFrames } from "./measure-first-frames.js";
import type { LatencyRow, Measured } from "./measure-receiver.js";
import type { ReconnectResult } from "./measure-reconnect.js";

const LATENCY_MS: Readonly<Record<string, number>> = { "640x480": 3, "1920x1080": 10 };
const PLAIN_LATENCY_MS = 6;
const FIRST_FRAME_MS = 200;
const RECONNECT_MS = 150;
const BEYOND_BLOCK_MS = 100;
const FACTOR = 10;

/** What is promised of the latency at one size. Only 640x480 and 1920x1080 have limits of their own. */
export function latencyGoals({ size, rows }: SizeResult): Goal[] {
  const ours = find(rows, "ours");
  const lowLatency = find(rows, "ffmpeg-low-latency");
  const plain = find(rows, "ours-plain");
  const name = `${size.width}x${size.height}`;
  const limit = LATENCY_MS[name];
  const factor = ours && lowLatency ? lowLatency.p50 / ours.p50 : undefined;
  return [
    ...(limit === undefined ? [] : [atMost(`${name}: p50 within ${limit} ms`, ours?.p50, limit)]),
    {
      promise: `${name}: at least ${FACTOR} times below ffmpeg with the usual low-latency flags`,
      measured: factor === undefined ? undefined : `${factor.toFixed(1)} times`,
      met: (factor ?? 0) >= FACTOR,
    },
    ...(name === "640x480"
      ? [atMost(`${name}, plain stream: p50 within ${PLAIN_LATENCY_MS} ms`, plain?.p50, PLAIN_LATENCY_MS)]
      : []),
  ];
}

/** What is promised of a receiver's start. */
export function firstFrameGoal({ size, firstFrameMs }: FirstFrames): Goal {
  const promise = `${size.width}x${size.height}: first frame under ${FIRST_FRAME_MS} ms, the worst time`;
  return atMost(promise, Math.max(...firstFrameMs), FIRST_FRAME_MS);
}

/** What is promised of a lost connection. */
export function reconnectGoals({ recoveryMs, decoderPids }: ReconnectResult): Goal[] {
  const worst = Math.max(...recoveryMs);
  return [
    atMost(`connection lost and back: next frame within ${RECONNECT_MS} ms, the worst time`, worst, RECONNECT_MS),
    {
      promise: "connection lost and back: the same decoder process",
      measured: `${decoderPids.length} in use`,
      met: decoderPids.length === 1,
    },
  ];
}

/** What is promised to consumers that take too long. */
export function consumerGoals(rows: readonly ConsumerRow[]): Goal[] {
  return rows.map(({ size, consumer, worstAgeBeyondBlockMs }) => {
    const promise = `${size.width}x${size.height}, ${consumer}: no frame older than the block and ${BEYOND_BLOCK_MS} ms`;
    return atMost(promise, worstAgeBeyondBlockMs, BEYOND_BLOCK_MS);
  });
}

function find(rows: readonly LatencyRow[], goal: string): Measured | undefined {
  const result = rows.find(({ contender }) => contender.goal === goal)?.result;
  return result && "p50" in result ? result : undefined;
}
