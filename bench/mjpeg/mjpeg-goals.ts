import type { Size } from "../clip/make-clip.js";
import { atMost, type Goal } from "../report/goal.js";
import type { ClientsResult } from "./measure-clients.js";
import type { LossResult } from "./measure-loss.js";
import type { MjpegRow } from "./measure-mjpeg-receivers.js";

const LATENCY_MS: Readonly<Record<string, number>> = { "640x480": 4, "1920x1080": 12 };
/** Chance alone takes a share of pictures this far from what is expected once in a thousand times. */
const STANDARD_ERRORS = 3;

/** What is promised of the delay of chunked UDP at one size. */
export function mjpegLatencyGoals({ size, rows }: { size: Size; rows: readonly MjpegRow[] }): Goal[] {
  const name = `${size.width}x${size.height}`;
  const limit = LATENCY_MS[name];
  const result = rows.find(({ contender }) => contender.goal === "ours")?.result;
  if (limit === undefined || result === undefined) return [];
  return [atMost(`${name}: p50 within ${limit} ms`, "p50" in result ? result.p50 : undefined, limit)];
}

/** What is promised on a network that loses datagrams. */
export function lossGoals({ lossPercent, sent, whole, delivered, wrong, expectedShare }: LossResult): Goal[] {
  const error = Math.sqrt((expectedShare * (1 - expectedShare)) / sent);
  return [
    {
      promise: `${lossPercent} % lost: every picture whose datagrams all came is delivered`,
      measured: `${delivered} of ${whole}`,
      met: whole > 0 && delivered >= whole,
    },
    {
      promise: `${lossPercent} % lost: as many pictures as 0.99 to the power of their datagrams makes whole`,
      measured: `${share(delivered / sent)} of ${share(expectedShare)}, where chance alone makes ${share(error)}`,
      met: delivered / sent >= expectedShare - STANDARD_ERRORS * error,
    },
    {
      promise: `${lossPercent} % lost: no picture that was not sent`,
      measured: String(wrong),
      met: wrong === 0,
    },
  ];
}

/** What is promised of many clients. */
export function clientsGoals({ clients, fps, missing, processor }: ClientsResult): Goal[] {
  return [
    {
      promise: `${clients} clients at ${fps} pictures a second: none missing`,
      measured: `${missing} missing, ${share(processor)} of a core`,
      met: missing === 0,
    },
  ];
}

/** As a percentage. */
export function share(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
