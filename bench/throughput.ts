/** `npm run bench:throughput`: how many frames a second become RGB, and what each costs. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { locateFfmpeg } from "../lib/ffmpeg/locate.js";
import { CLIP_FRAMES, makeClip } from "./clip/make-clip.js";
import { startSender } from "./processes/start-sender.js";
import { describeMachine } from "./report/machine.js";
import { findPython } from "./report/python.js";
import { writeSection } from "./report/write-section.js";
import { decoders } from "./throughput/decoders.js";
import { measureDecoder } from "./throughput/measure-decoder.js";
import { measurePaced } from "./throughput/measure-paced.js";
import { type ThroughputRow, throughputReport } from "./throughput/throughput-report.js";

const HELP = `npm run bench:throughput -- [--rounds 4] [--no-write]

--rounds N    how often the clip of ${CLIP_FRAMES} pictures is decoded by each
--no-write    print only, leave docs/benchmarks.md as it is`;
const SIZE = { width: 1920, height: 1080 };

const { values } = parseArgs({
  allowNegative: true,
  options: {
    rounds: { type: "string", default: "4" },
    write: { type: "boolean", default: true },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100)) {
  throw new Error(`--rounds ${values.rounds}: must be a whole number from 1 to 100`);
}

const pictures = rounds * CLIP_FRAMES;
const python = await findPython();
const machine = await describeMachine(python);
const folder = await mkdtemp(join(tmpdir(), "glasslink-bench-"));
try {
  const clip = join(folder, "clip.h264");
  console.log("making five seconds of video");
  await makeClip(clip, SIZE);
  const long = join(folder, "long.h264");
  await writeFile(long, Buffer.concat(Array(rounds).fill(await readFile(clip))));
  const rows: ThroughputRow[] = [];
  for (const decoder of decoders(long, { ffmpeg: (await locateFfmpeg()).path, python })) {
    console.log(decoder.name);
    const { name, how } = decoder;
    rows.push({ name, how, report: await measureDecoder(decoder, pictures) });
  }
  console.log("live");
  const sender = await startSender(clip);
  const paced = await measurePaced(sender);
  await sender.kill();
  const report = throughputReport({ machine, size: SIZE, pictures, rows, paced });
  console.log(`\n${report}`);
  if (values.write) writeSection("throughput", report);
} finally {
  await rm(folder, { recursive: true });
}
