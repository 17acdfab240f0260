import { CLIP_FPS } from "../clip/make-clip.js";
import type { ContenderRun } from "../latency/contenders.js";
import { type LatencyRow, measureReceiver } from "../latency/measure-receiver.js";
import { startingAt } from "../processes/start-moment.js";
import { startReceiver } from "../processes/start-receiver.js";
import type { SenderHandle } from "../processes/start-sender.js";
import type { RtspContender } from "./rtsp-contenders.js";

/** How often each first frame is taken; the median counts. */
const TIMES = 3;
/** Every receiver begins so long before a keyframe, so that each has the same to catch up with or to wait for. */
const BEFORE_KEYFRAME_MS = 280;
const GOP_MS = 1_000;

/** A sender and what its outputs are. */
export interface RtspSender {
  sender: SenderHandle;
  /** Of the stream as it joins with the current group of pictures, at the next keyframe, and with `aud=1`. */
  urls: { gop: string; keyframe: string; aud: string };
}

/** One line of the table. */
export interface RtspRow {
  contender: RtspContender;
  /** Of a client that is given the current group of pictures, or of one with `aud=1`. */
  result: LatencyRow["result"];
  /** Milliseconds to the first frame; undefined where it was not measured or none came. */
  firstFrameMs: { gop: number | undefined; keyframe: number | undefined };
}

/** Measures one receiver's delay and its way to the first frame. */
export async function measureRtspReceiver(
  contender: RtspContender,
  { sender, urls }: RtspSender,
  run: Pick<ContenderRun, "size" | "seconds">,
): Promise<RtspRow> {
  const phaseMs = await startPhaseMs(sender);
  const timed: RtspContender = { ...contender, command: (given) => startingAt(phaseMs, contender.command(given)) };
  const { aud, withoutRtsp } = contender;
  const url = withoutRtsp ? sender.url : aud ? urls.aud : urls.gop;
  const { result } = await measureReceiver(timed, { ...sender, url }, run);
  if ("failure" in result) return { contender, result, firstFrameMs: { gop: undefined, keyframe: undefined } };
  const firstFrame = async (from: string): Promise<number> => {
    const command = timed.command({ ...run, url: from, plainUrl: sender.plainUrl, seconds: 0 });
    const { frames, startedAtMs } = await startReceiver(command, 0).report;
    return (frames[0]?.[1] ?? Number.POSITIVE_INFINITY) - startedAtMs;
  };
  const gop = [result.firstFrameMs];
  while (gop.length < TIMES) gop.push(await firstFrame(url));
  const keyframe: number[] = [];
  while (keyframe.length < (aud || withoutRtsp ? 0 : TIMES)) keyframe.push(await firstFrame(urls.keyframe));
  return { contender, result, firstFrameMs: { gop: median(gop), keyframe: median(keyframe) } };
}

/** When in each second of the monotonic clock a receiver has to begin. */
async function startPhaseMs(sender: SenderHandle): Promise<number> {
  const keyframe = (await sender.written()).findLast(([counter]) => counter % CLIP_FPS === 0);
  return ((keyframe?.[1] ?? 0) - BEFORE_KEYFRAME_MS) % GOP_MS;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
