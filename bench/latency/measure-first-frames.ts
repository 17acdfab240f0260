import type { Size } from "../clip/make-clip.js";
import { ownReceiver, startReceiver } from "../processes/start-receiver.js";
import type { SenderHandle } from "../processes/start-sender.js";

const TIMES = 5;

/** How long our receiver takes to its first frame, several times over. */
export interface FirstFrames {
  size: Size;
  firstFrameMs: number[];
}

/** Starts our receiver on a running stream, each time in a fresh process; infinite where no frame came. */
export async function measureFirstFrames({ url }: SenderHandle): Promise<number[]> {
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const { frames, startedAtMs } = await startReceiver(ownReceiver({ url, seconds: 0, consumer: "keen" }), 0).report;
    const first = frames[0]?.[1];
    times.push(first === undefined ? Number.POSITIVE_INFINITY : first - startedAtMs);
  }
  return times;
}
