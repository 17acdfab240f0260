import { atMost, type Goal } from "../report/goal.js";
import type { Joins } from "./measure-joins.js";
import type { LoadRow } from "./measure-load.js";
import type { RtspRow } from "./measure-rtsp-receiver.js";

/** What two runs on the same machine differ by. */
const TOLERANCE = { factor: 1.1, extraMs: 3 } as const;

/** What is promised of the delay of our own receiver, and of others with our server. */
export function receiverGoals(rows: readonly RtspRow[]): Goal[] {
  return rows.flatMap((row) => {
    const { limitMs, reference, name } = row.contender;
    const p50 = "p50" in row.result ? row.result.p50 : undefined;
    if (limitMs !== undefined) return [atMost(`${name}: p50 within ${limitMs} ms`, p50, limitMs)];
    return reference ? [referenceGoal(row, p50)] : [];
  });
}

function referenceGoal({ contender: { name, reference }, firstFrameMs }: RtspRow, p50: number | undefined): Goal {
  const limits = [reference?.p50, reference?.firstFrameGop, reference?.firstFrameKeyframe] as number[];
  const figures = [p50, firstFrameMs.gop, firstFrameMs.keyframe];
  const within = figures.map((figure, index) => {
    const limit = limits[index] as number;
    return figure !== undefined && figure <= limit * TOLERANCE.factor + TOLERANCE.extraMs;
  });
  return {
    promise: `${name}: p50, first frame with the group of pictures and at a keyframe no more than ${limits.join(", ")} ms`,
    measured: p50 === undefined ? undefined : figures.map((figure) => `${format(figure)} ms`).join(", "),
    met: within.every(Boolean),
  };
}

function format(figure: number | undefined): string {
  return figure === undefined ? "?" : figure.toFixed(figure < 100 ? 1 : 0);
}

/** What is promised of joining. */
export function joinGoals(joins: readonly Joins[]): Goal[] {
  return joins.flatMap(({ name, limitMs, runningMs, freshMs }) => {
    if (limitMs === undefined) return [];
    const goal = (program: string, times: readonly number[]): Goal =>
      atMost(
        `${name}, ${program} program: first frame within ${limitMs} ms, the worst time`,
        Math.max(...times),
        limitMs,
      );
    return [goal("running", runningMs), goal("fresh", freshMs)];
  });
}

/** What is promised of many clients. */
export function loadGoals(rows: readonly LoadRow[]): Goal[] {
  return rows
    .filter(({ server }) => server === "glasslink")
    .flatMap((ours) => {
      const { transport, clients, result } = ours;
      const name = `${clients} clients, ${transport}`;
      const whole = `${name}: no picture missing, none later than 250 ms`;
      if ("failure" in result) return [{ promise: whole, measured: undefined, met: false }];
      const { missing, late, max, processor } = result;
      const measured = `${missing} missing, ${late} late, the latest ${max.toFixed(0)} ms`;
      const peer = rows.find(({ server, ...other }) => server !== "glasslink" && other.transport === transport)?.result;
      const limit = peer && "processor" in peer ? peer.processor : undefined;
      return [
        { promise: whole, measured, met: missing === 0 && late === 0 },
        {
          promise: `${name}: no more processor time than gst-rtsp-server`,
          measured:
            limit === undefined ? undefined : `${(processor * 100).toFixed(1)} % to ${(limit * 100).toFixed(1)} %`,
          met: limit !== undefined && processor <= limit,
        },
      ];
    });
}
