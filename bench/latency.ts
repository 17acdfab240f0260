/** `npm run bench:latency`: a real sender, real receivers, loopback; from the picture's sending to its pixels. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateFfmpeg } from "../lib/ffmpeg/locate.js";
import { makeClip, type Size } from "./clip/make-clip.js";
import { type Contender, contenders } from "./latency/contenders.js";
import { type LatencyResults, latencyReport } from "./latency/latency-report.js";
import { measureConsumer, SLOW_CONSUMERS } from "./latency/measure-consumer.js";
import { measureFirstFrames } from "./latency/measure-first-frames.js";
import { measureReceiver } from "./latency/measure-receiver.js";
import { measureReconnect } from "./latency/measure-reconnect.js";
import { readLatencyOptions } from "./latency/options.js";
import { startSender } from "./processes/start-sender.js";
import { describeMachine } from "./report/machine.js";
import { findPython } from "./report/python.js";
import { writeSection } from "./report/write-section.js";

const { seconds, sizes, only, write } = readLatencyOptions(process.argv.slice(2));
const python = await findPython();
const all = contenders({ ffmpeg: (await locateFfmpeg()).path, python });
const chosen = all.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
const machine = await describeMachine(python);
const results: LatencyResults = { machine, seconds, sizes: [], firstFrames: [], reconnect: undefined, consumers: [] };

const folder = await mkdtemp(join(tmpdir(), "glasslink-bench-"));
try {
  for (const size of sizes) await measureSize(size, chosen);
} finally {
  await rm(folder, { recursive: true });
}
const report = latencyReport(results);
console.log(`\n${report}`);
if (write) writeSection("latency", report);

async function measureSize(size: Size, receivers: readonly Contender[]): Promise<void> {
  const name = `${size.width}x${size.height}`;
  console.log(`${name}: making five seconds of video`);
  const clip = join(folder, `${name}.h264`);
  await makeClip(clip, size);
  const sender = await startSender(clip);
  const rows = [];
  for (const contender of receivers) {
    console.log(`${name}: ${contender.name}`);
    rows.push(await measureReceiver(contender, sender, { size, seconds }));
  }
  results.sizes.push({ size, rows });
  if (only.length === 0) {
    console.log(`${name}: first frames`);
    results.firstFrames.push({ size, firstFrameMs: await measureFirstFrames(sender) });
    for (const consumer of Object.keys(SLOW_CONSUMERS) as (keyof typeof SLOW_CONSUMERS)[]) {
      console.log(`${name}: consumer ${consumer}`);
      const row = await measureConsumer(consumer, sender, { size, seconds });
      if (row) results.consumers.push(row);
    }
    if (!results.reconnect) {
      console.log(`${name}: lost connections`);
      results.reconnect = await measureReconnect(clip, sender);
    }
  }
  await sender.kill();
}
