/** `node dist/bench/memory.js`: what a receiver of 1080p at 30 fps holds, every ten seconds, and whether it grows. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { makeClip } from "./clip/make-clip.js";
import { measureMemory } from "./memory/measure-memory.js";
import { memoryReport } from "./memory/memory-report.js";
import { startSender } from "./processes/start-sender.js";
import { describeMachine } from "./report/machine.js";
import { findPython } from "./report/python.js";
import { writeSection } from "./report/write-section.js";

const HELP = `node dist/bench/memory.js [--minutes 10] [--keep] [--no-write]

--minutes N   how long, from 1 to 10000
--keep        leave frames to the garbage collector instead of releasing them
--no-write    print only, leave docs/benchmarks.md as it is`;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    minutes: { type: "string", default: "10" },
    keep: { type: "boolean", default: false },
    write: { type: "boolean", default: true },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const minutes = Number(values.minutes);
if (!(minutes >= 1 && minutes <= 10_000)) throw new Error(`--minutes ${values.minutes}: must be from 1 to 10000`);

const machine = await describeMachine(await findPython());
const folder = await mkdtemp(join(tmpdir(), "glasslink-bench-"));
const clip = join(folder, "clip.h264");
await makeClip(clip, { width: 1920, height: 1080 });
const sender = await startSender(clip);
const { readings, stats } = await measureMemory(sender, { minutes, release: !values.keep });
await sender.kill();
await rm(folder, { recursive: true });

const title = `**1920x1080 at 30 fps for ${minutes} min, frames ${values.keep ? "left to the garbage collector" : "released"}**`;
const report = [machine, title, memoryReport(readings, stats)].join("\n\n");
console.log(`\n${report}`);
if (values.write) writeSection("memory", report);
