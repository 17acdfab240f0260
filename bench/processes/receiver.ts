/** A process that receives with our Receiver and tells at its end what came when. Started by {@link startReceiver}. */
import { Receiver } from "../../lib/index.js";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { monotonicMs } from "../monotonic.js";
import { consume } from "./consumers.js";
import { processTimeMs } from "./process-time.js";
import type { ReceiverReport, Seen } from "./receiver-report.js";
import { startMoment } from "./start-moment.js";
import type { ReceiverSettings } from "./start-receiver.js";

const WARM_UP_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
const MEGABYTE = 1024 * 1024;

const settings = JSON.parse(process.argv[2] ?? "{}") as ReceiverSettings;
const frames: Seen[] = [];
const decoderPids: (number | null)[] = [];
const residentMb: number[] = [];

await startMoment();
const startedAtMs = monotonicMs();
const receiver = new Receiver(settings.url);
const finished = new Promise<void>((resolve) => {
  const giveUp = setTimeout(resolve, LONGEST_WAIT_MS);
  receiver.once("frame", () => {
    clearTimeout(giveUp);
    setTimeout(resolve, settings.seconds * 1000);
  });
  process.stdin.on("close", resolve).resume();
});
const warm = new Promise<void>((resolve) => {
  receiver.once("frame", () => setTimeout(resolve, WARM_UP_MS));
});
receiver.on("state", ({ name }) => {
  if (name === "streaming") decoderPids.push(receiver.stats().decoderPid);
});
const consumer = consume(receiver, settings, (frame) => {
  const atMs = monotonicMs();
  const counter = readFrameCounter(frame.data, frame.width, frame.height);
  if (counter !== undefined) frames.push([counter, atMs]);
});

await Promise.race([warm, finished]);
const decoderPid = receiver.stats().decoderPid ?? 0;
const before = { node: process.cpuUsage(), decoder: processTimeMs(decoderPid), frames: frames.length };
const sampler = setInterval(() => residentMb.push(process.memoryUsage.rss() / MEGABYTE), 250);
residentMb.push(process.memoryUsage.rss() / MEGABYTE);
await finished;
const used = process.cpuUsage(before.node);
const decoder = processTimeMs(decoderPid);
const { units, frames: handedOut, dropped, lost, restarts } = receiver.stats();
clearInterval(sampler);
consumer.stop();
await receiver.close();

const report: ReceiverReport = {
  startedAtMs,
  frames,
  ...(frames.length === 0 && { failure: "no frame within 15 s" }),
  own: {
    stats: { units, frames: handedOut, dropped, lost, restarts },
    decoderPids,
    processorMs: {
      node: (used.user + used.system) / 1000,
      decoder: decoder === undefined || before.decoder === undefined ? undefined : decoder - before.decoder,
      frames: frames.length - before.frames,
    },
    memory: { first: residentMb[0] ?? 0, most: Math.max(...residentMb), last: residentMb.at(-1) ?? 0 },
  },
};
process.stdout.write(JSON.stringify(report), () => process.exit());
