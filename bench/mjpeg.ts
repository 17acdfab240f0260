/** `npm run bench:mjpeg`: JPEGs by chunked UDP, TCP and HTTP; loss; many clients. */
import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateFfmpeg } from "../lib/ffmpeg/locate.js";
import { CLIP_FRAMES, type Size } from "./clip/make-clip.js";
import { makeJpegClip } from "./clip/make-jpeg-clip.js";
import { measureClients } from "./mjpeg/measure-clients.js";
import { measureLoss } from "./mjpeg/measure-loss.js";
import { measureMjpegReceivers } from "./mjpeg/measure-mjpeg-receivers.js";
import { type MjpegResults, mjpegReport } from "./mjpeg/mjpeg-report.js";
import { readMjpegOptions } from "./mjpeg/options.js";
import { describeMachine } from "./report/machine.js";
import { findPython } from "./report/python.js";
import { writeSection } from "./report/write-section.js";

const SMALL: Size = { width: 640, height: 480 };
const SIZES: readonly Size[] = [SMALL, { width: 1920, height: 1080 }];

const { seconds, loadSeconds, only, write } = readMjpegOptions(process.argv.slice(2));
const chosen = (name: string): boolean => only.length === 0 || only.some((part) => name.includes(part));
const python = await findPython();
const results: MjpegResults = {
  ...{ machine: await describeMachine(python), seconds },
  ...{ sizes: [], loss: undefined, clients: undefined, problem: undefined },
};

const folder = await mkdtemp(join(tmpdir(), "glasslink-bench-"));
try {
  await measure();
} catch (error) {
  results.problem = (error as Error).message;
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}
const report = mjpegReport(results);
console.log(`\n${report}`);
if (write) writeSection("mjpeg", report);

async function measure(): Promise<void> {
  const programs = { ffmpeg: (await locateFfmpeg()).path, python };
  const clips = await Promise.all(SIZES.map(makeClip));
  for (const { size, path } of clips) {
    const rows = await measureMjpegReceivers(path, { ...programs, size, seconds, chosen });
    const pictureKb = Math.round(statSync(path).size / CLIP_FRAMES / 1_000);
    if (rows.length > 0) results.sizes.push({ size, pictureKb, rows });
  }
  const { path } = clips[0] as (typeof clips)[number];
  if (chosen("clients")) results.clients = await measureClients(path, { python, seconds: loadSeconds });
  if (chosen("loss")) results.loss = await measureLoss(path, { python, seconds: loadSeconds });
}

async function makeClip(size: Size): Promise<{ size: Size; path: string }> {
  const path = join(folder, `${size.width}.mjpeg`);
  await makeJpegClip(path, size);
  return { size, path };
}
