import { atMost, type Goal } from "../report/goal.js";
import type { GatewayRow } from "./measure-cameras.js";
import type { ReturnRow } from "./measure-returns.js";

const LATENCY_MS = 10;
const FIRST_FRAME_MS = 500;
const FAR_P95_MS = 150;
const SLOWEST_FPS = 29;
const BACK_MS = 1_000;

/** What is promised of cameras that push. */
export function cameraGoals(rows: readonly GatewayRow[]): Goal[] {
  return rows.flatMap(({ case: { name, cameras, lossPercent, nack }, result }) => {
    const measured = "failure" in result ? undefined : result;
    if (cameras > 1) {
      const promise = `${name}: none below ${SLOWEST_FPS} frames a second`;
      return [{ promise, measured: measured?.fps.toFixed(1), met: (measured?.fps ?? 0) >= SLOWEST_FPS }];
    }
    if (lossPercent === undefined) {
      return [
        atMost(`${name}: p50 within ${LATENCY_MS} ms`, measured?.p50, LATENCY_MS),
        atMost(`${name}: from the offer to the first frame`, measured?.firstFrameMs, FIRST_FRAME_MS),
      ];
    }
    if (nack === false || lossPercent === 0) return [];
    const whole = { promise: `${name}: every picture whole`, measured: measured && `${measured.lost} lost` };
    return [
      { ...whole, met: measured?.lost === 0 },
      atMost(`${name}: p95 within ${FAR_P95_MS} ms`, measured?.p95, FAR_P95_MS),
    ];
  });
}

/** What is promised of coming back. */
export function returnGoals(rows: readonly ReturnRow[]): Goal[] {
  return rows.map(({ what, backMs }) => atMost(`${what}: back within ${BACK_MS / 1_000} s`, backMs, BACK_MS));
}
