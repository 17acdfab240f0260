import type { ReceiverStats } from "../../lib/index.js";
import { markdownTable } from "../report/markdown-table.js";
import type { Reading } from "./measure-memory.js";

const ROWS = 11;
/** What is loaded and compiled in the first part of the time is no leak. */
const SETTLED_AFTER = 1 / 5;

/** The readings, thinned out to a short table, and how fast they grow. */
export function memoryReport(readings: readonly Reading[], { frames, dropped, lost }: ReceiverStats): string {
  const step = Math.max(1, Math.ceil((readings.length - 1) / (ROWS - 1)));
  const rows = readings
    .filter((_, index) => index % step === 0)
    .map(({ minute, residentMb, externalMb }) => [minute, residentMb, externalMb].map((value) => value.toFixed(1)));
  const growth = growthPerHour(readings.slice(Math.floor(readings.length * SETTLED_AFTER)));
  return [
    markdownTable(["minute", "resident, MB", "external, MB"], rows),
    `${frames} frames, ${dropped} dropped, ${lost} lost. Growth of the resident set after the first fifth of the ` +
      `time, by least squares: ${growth.toFixed(1)} MB an hour.`,
  ].join("\n\n");
}

function growthPerHour(readings: readonly Reading[]): number {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = mean(readings.map(({ minute }) => minute));
  const level = mean(readings.map(({ residentMb }) => residentMb));
  let above = 0;
  let below = 0;
  for (const { minute, residentMb } of readings) {
    above += (minute - middle) * (residentMb - level);
    below += (minute - middle) ** 2;
  }
  return (above / below) * 60;
}
