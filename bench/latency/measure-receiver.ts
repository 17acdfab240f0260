import { SampleWindow } from "../../lib/sample-window.js";
import { CLIP_FPS } from "../clip/make-clip.js";
import { startReceiver } from "../processes/start-receiver.js";
import type { SenderHandle } from "../processes/start-sender.js";
import { ages } from "./ages.js";
import type { Contender, ContenderRun } from "./contenders.js";

const WARM_UP_MS = 1_000;

/** How a receiver did; milliseconds. */
export interface Measured {
  p50: number;
  p95: number;
  max: number;
  /** From construction, or the program's start, to the first frame. */
  firstFrameMs: number;
  /** Different pictures in the time of measuring. */
  frames: number;
  /** How many were sent in that time. */
  sent: number;
}

/** One line of the table. */
export interface LatencyRow {
  contender: Contender;
  /** What was measured, or why nothing could be. */
  result: Measured | { failure: string };
}

/** Runs one receiver against a running sender. */
export async function measureReceiver(
  contender: Contender,
  sender: Pick<SenderHandle, "url" | "plainUrl" | "written">,
  run: Omit<ContenderRun, "url" | "plainUrl">,
): Promise<LatencyRow> {
  const { url, plainUrl } = sender;
  const seconds = WARM_UP_MS / 1000 + run.seconds;
  const report = await startReceiver(contender.command({ ...run, url, plainUrl, seconds }), seconds).report;
  const first = report.frames[0]?.[1];
  if (first === undefined) return { contender, result: { failure: report.failure ?? "no frame" } };
  const [fromMs, toMs] = [first + WARM_UP_MS, first + seconds * 1000];
  const counted = ages(report.frames, await sender.written()).filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const window = new SampleWindow(Math.max(1, counted.length));
  for (const { ageMs } of counted) window.add(ageMs);
  const percentiles = window.percentiles();
  if (!percentiles) return { contender, result: { failure: "no frame after the first second" } };
  const firstFrameMs = first - report.startedAtMs;
  const sent = Math.round(run.seconds * CLIP_FPS);
  return { contender, result: { ...percentiles, firstFrameMs, frames: counted.length, sent } };
}
