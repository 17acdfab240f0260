import type { Written } from "../processes/clip-camera.js";
import type { Seen } from "../processes/receiver-report.js";

/**
 * How old each frame was when it was there: milliseconds since the last time that its picture was handed over for
 * sending. Frames that show a number for a second time are left out; a clip is far longer than any latency.
 */
export function ages(frames: readonly Seen[], written: readonly Written[]): { atMs: number; ageMs: number }[] {
  const times = new Map<number, number[]>();
  for (const [counter, atMs] of written) times.set(counter, [...(times.get(counter) ?? []), atMs]);
  const result: { atMs: number; ageMs: number }[] = [];
  let previous: number | undefined;
  for (const [counter, atMs] of frames) {
    const writtenAtMs = times.get(counter)?.findLast((time) => time <= atMs);
    if (writtenAtMs !== undefined && counter !== previous) result.push({ atMs, ageMs: atMs - writtenAtMs });
    previous = counter;
  }
  return result;
}
