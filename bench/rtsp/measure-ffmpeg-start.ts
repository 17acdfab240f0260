import { execa } from "execa";
import { locateFfmpeg } from "../../lib/ffmpeg/locate.js";
import { monotonicMs } from "../monotonic.js";

const TIMES = 5;
const ARGUMENTS = "-v error -nostdin -f lavfi -i color=size=640x480 -frames:v 1 -f null -".split(" ");

/** What ffmpeg alone takes to start, make one picture and end, in milliseconds: a yardstick for every first frame. */
export async function measureFfmpegStart(): Promise<number> {
  const { path } = await locateFfmpeg();
  const times: number[] = [];
  while (times.length < TIMES) {
    const startedAtMs = monotonicMs();
    await execa(path, ARGUMENTS);
    times.push(monotonicMs() - startedAtMs);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)] as number;
}
