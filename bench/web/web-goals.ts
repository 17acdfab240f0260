import { atMost, type Goal } from "../report/goal.js";
import type { FirstPictures } from "./measure-first-pictures.js";
import type { PaintingRow } from "./measure-painting.js";
import type { TelemetryResult } from "./measure-telemetry.js";
import type { ViewerRow } from "./measure-viewers.js";

const FIRST_PICTURE_MS = 1_000;
const TELEMETRY_MS = 10;

/** What is promised of the delay to the page's drawing. */
export function paintingGoals(rows: readonly PaintingRow[]): Goal[] {
  return rows.flatMap(({ name, limitMs, result }) => {
    if (limitMs === undefined) return [];
    const p50 = "failure" in result ? undefined : result.drawn.p50;
    return [atMost(`${name}: sent to drawn, p50 within ${limitMs} ms`, p50, limitMs)];
  });
}

/** What is promised of opening the page. */
export function firstPictureGoals(rows: readonly FirstPictures[]): Goal[] {
  return rows.map(({ transport, result }) => {
    const worst = "failure" in result ? undefined : Math.max(...result);
    const promise = `${transport}: first picture within ${FIRST_PICTURE_MS / 1000} s of opening the page, the worst time`;
    return atMost(promise, worst, FIRST_PICTURE_MS);
  });
}

/** What is promised of telemetry. */
export function telemetryGoals(result: TelemetryResult | undefined): Goal[] {
  if (!result) return [];
  const p50 = "failure" in result ? undefined : result.p50;
  return [atMost(`telemetry: MAVLink to event in the page, p50 within ${TELEMETRY_MS} ms`, p50, TELEMETRY_MS)];
}

/** What is promised of many viewers. */
export function viewerGoals(rows: readonly ViewerRow[]): Goal[] {
  return rows.map(({ transport, viewers, result }) => {
    const promise = `${viewers} viewers, ${transport}: no picture missing, none later than 250 ms`;
    if ("failure" in result) return { promise, measured: undefined, met: false };
    const { missing, late, max } = result;
    const measured = `${missing} missing, ${late} late, the latest ${max.toFixed(0)} ms`;
    return { promise, measured, met: missing === 0 && late === 0 };
  });
}
