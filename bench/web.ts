/** `npm run bench:web`: our page in a browser, from sending to drawing; its telemetry; many viewers at a time. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeClip } from "./clip/make-clip.js";
import { type SenderHandle, startSender } from "./processes/start-sender.js";
import { describeMachine } from "./report/machine.js";
import { findPython } from "./report/python.js";
import { writeSection } from "./report/write-section.js";
import { startBrowser } from "./web/bench-browser.js";
import { freeUdpPort } from "./web/free-udp-port.js";
import { measureFirstPictures } from "./web/measure-first-pictures.js";
import { measurePainting, type PaintingCase } from "./web/measure-painting.js";
import { measureTelemetry } from "./web/measure-telemetry.js";
import { measureViewers } from "./web/measure-viewers.js";
import { readWebOptions } from "./web/options.js";
import { reasonOf } from "./web/reason-of.js";
import type { ViewerLoad } from "./web/viewer-load.js";
import { type WebResults, webReport } from "./web/web-report.js";
import { within } from "./web/within.js";

const SIZE = { width: 640, height: 480 };
/** The whole bench has to end, whatever hangs. */
const LONGEST_MS = 270_000;
const CASES: readonly PaintingCase[] = [
  { name: "H.264 over WebSocket, WebCodecs", transport: "websocket", limitMs: 15 },
  { name: "WHEP", transport: "whep", limitMs: 25 },
  { name: "WHEP, the browser's own playout delay", transport: "whep", withoutPlayoutDelay: true },
  { name: "MJPEG", transport: "mjpeg" },
];
const LOADS: readonly ViewerLoad[] = [
  { transport: "websocket", viewers: 100 },
  { transport: "whep", viewers: 50 },
];

const { seconds, loadSeconds, only, write } = readWebOptions(process.argv.slice(2));
const chosen = (name: string): boolean => only.length === 0 || only.some((part) => name.includes(part));
const results: WebResults = {
  machine: await describeMachine(await findPython()),
  browser: "no browser",
  size: SIZE,
  seconds,
  painting: [],
  firstPictures: [],
  telemetry: undefined,
  viewers: [],
  problem: undefined,
};

const folder = await mkdtemp(join(tmpdir(), "glasslink-bench-"));
let sender: SenderHandle | undefined;
try {
  await within(LONGEST_MS, "the bench does not end", measure);
} catch (error) {
  results.problem = reasonOf(error);
  process.exitCode = 1;
} finally {
  await sender?.kill();
  await rm(folder, { recursive: true });
}
const report = webReport(results);
console.log(`\n${report}`);
if (write) writeSection("web", report);
// Whatever hangs does not keep it.
process.exit();

async function measure(): Promise<void> {
  console.log("making five seconds of video");
  const clip = join(folder, "clip.h264");
  await makeClip(clip, SIZE);
  const mavlinkPort = await freeUdpPort();
  sender = await startSender(clip, { outputs: ["web://127.0.0.1:0"], mavlinkPort });
  const origin = String(sender.outputUrls[0]).replace(/^web/, "http");
  for (const load of LOADS.filter(({ transport }) => chosen(`viewers ${transport}`))) {
    console.log(`${load.viewers} viewers, ${load.transport}`);
    results.viewers.push(await measureViewers(load, { origin, pid: sender.pid, seconds: loadSeconds }));
  }
  await measureInBrowser(sender, { origin, mavlinkPort });
}

async function measureInBrowser(
  sender: SenderHandle,
  { origin, mavlinkPort }: { origin: string; mavlinkPort: number },
): Promise<void> {
  const browser = startBrowser();
  const run = { browser, sender, origin, mavlinkPort, seconds };
  try {
    results.browser = await browser.then((started) => `Chromium ${started.version()}`, reasonOf);
    for (const painting of CASES.filter(() => chosen("painting"))) {
      console.log(`painting: ${painting.name}`);
      results.painting.push(await measurePainting(painting, run));
    }
    for (const transport of chosen("first pictures") ? (["websocket", "whep", "mjpeg"] as const) : []) {
      console.log(`first pictures: ${transport}`);
      results.firstPictures.push(await measureFirstPictures(transport, run));
    }
    if (chosen("telemetry")) {
      console.log("telemetry");
      results.telemetry = await measureTelemetry(run);
    }
  } finally {
    await browser.then((started) => started.close()).catch(() => {});
  }
}
