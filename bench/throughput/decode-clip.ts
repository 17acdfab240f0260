/** A process that decodes a file of pictures with our decoder as fast as it goes, and tells how fast that was. */
import { systemClock } from "../../lib/clock.js";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { Decoder } from "../../lib/decoder.js";
import type { DecodedPicture } from "../../lib/ffmpeg/decoder-process.js";
import { locateFfmpeg } from "../../lib/ffmpeg/locate.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { CLIP_FRAMES } from "../clip/make-clip.js";
import { readClip } from "../clip/read-clip.js";
import { monotonicMs } from "../monotonic.js";
import { processTimeMs } from "../processes/process-time.js";
import type { DecodeReport } from "./decode-report.js";

/** Enough that neither side waits for the other, few enough that nothing piles up. */
const MOST_IN_FLIGHT = 6;
const CHECK_EVERY = 30;

const { path, release } = JSON.parse(process.argv[2] ?? "{}") as { path: string; release: boolean };
const units = readClip(path);
let fed = 0;
let shown = 0;
let start: { atMs: number; node: NodeJS.CpuUsage; child: number | undefined } | undefined;

const decoder = new Decoder({
  ffmpegPath: (await locateFfmpeg()).path,
  proveFfmpeg: async () => {},
  hwaccel: "none",
  picture: { pixelFormat: "rgb24", rotate: 0 },
  clock: systemClock,
  sink: {
    picture,
    dropped: (units) => units > 0 && fail("a picture was dropped"),
    parameters: () => {},
    warning: (error) => fail(error.message),
    failed: (error) => fail(error.message),
  },
});
feed();

function feed(): void {
  while (fed < units.length && fed - shown < MOST_IN_FLIGHT) {
    decoder.decode({ ...(units[fed++] as AccessUnit), receivedAtMs: performance.now() });
  }
}

function picture({ data, width, height, pool }: DecodedPicture): void {
  start ??= now();
  if (shown % CHECK_EVERY === 0 && readFrameCounter(data, width, height) !== shown % CLIP_FRAMES) {
    fail(`frame ${shown} shows another picture`);
  }
  shown++;
  if (release) pool.give(data);
  if (shown === units.length) finish(start, now());
  else feed();
}

function now() {
  return { atMs: monotonicMs(), node: process.cpuUsage(), child: processTimeMs(decoder.pid ?? 0) };
}

function finish(from: ReturnType<typeof now>, to: ReturnType<typeof now>): void {
  const nodeMs = (to.node.user + to.node.system - from.node.user - from.node.system) / 1000;
  const childMs = to.child === undefined || from.child === undefined ? undefined : to.child - from.child;
  tell({
    frames: shown - 1,
    seconds: (to.atMs - from.atMs) / 1000,
    nodeMs,
    ...(childMs !== undefined && { processorMs: nodeMs + childMs }),
  });
}

function fail(failure: string): void {
  tell({ frames: 0, seconds: 0, failure });
}

function tell(report: DecodeReport): void {
  process.stdout.write(JSON.stringify(report), () => process.exit());
}
