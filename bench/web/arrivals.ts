import { CLIP_FPS } from "../clip/make-clip.js";
import type { DrainReport } from "./viewer-load.js";

const LATE_MS = 250;

/** A whole picture: its place in the stream's time, and when its last byte was there; milliseconds, and its size. */
export interface Arrival {
  mediaTimeMs: number;
  atMs: number;
  bytes: number;
}

/** The time of counting, by the clock of {@link Arrival.atMs}. */
export interface CountingTime {
  fromMs: number;
  toMs: number;
}

/**
 * What came of the pictures that were due within some time, of which every viewer must have every one. A picture is due
 * at its media time, as it was with the one that came quickest of all.
 * @param viewers what each of them got
 */
export function summarizeArrivals(
  viewers: readonly (readonly Arrival[])[],
  { fromMs, toMs }: CountingTime,
): Omit<DrainReport, "drainProcessor"> {
  const zeroMs = viewers.flat().reduce((least, one) => Math.min(least, one.atMs - one.mediaTimeMs), Infinity);
  const lateness: number[] = [];
  const everybodys = new Set<number>();
  let bytes = 0;
  let came = 0;
  for (const arrivals of viewers) {
    const own = new Set<number>();
    for (const { mediaTimeMs, atMs, bytes: size } of arrivals) {
      const dueMs = zeroMs + mediaTimeMs;
      if (dueMs < fromMs || dueMs >= toMs || own.has(mediaTimeMs)) continue;
      own.add(mediaTimeMs);
      everybodys.add(mediaTimeMs);
      lateness.push(atMs - dueMs);
      bytes += size;
    }
    came += own.size;
  }
  if (lateness.length === 0) throw new Error("no viewer got a picture");
  const sorted = Float64Array.from(lateness).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
  const seconds = (toMs - fromMs) / 1000;
  // Pictures that nobody got count as well; one may lie on the edge of the time.
  const pictures = Math.max(everybodys.size, Math.floor(seconds * CLIP_FPS) - 1);
  return {
    pictures,
    missing: pictures * viewers.length - came,
    late: lateness.filter((value) => value > LATE_MS).length,
    ...{ p50: at(0.5), p99: at(0.99), max: at(1) },
    bytesPerSecond: bytes / viewers.length / seconds,
  };
}
