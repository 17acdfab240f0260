/** `npm run bench:gateway`: cameras that push by WebRTC into a gateway, near and far, one and many. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeClip } from "./clip/make-clip.js";
import { makeFarNetwork } from "./gateway/far-network.js";
import { freeTcpPort } from "./gateway/free-tcp-port.js";
import { type GatewayResults, gatewayReport } from "./gateway/gateway-report.js";
import { type GatewayCase, measureCameras } from "./gateway/measure-cameras.js";
import { measureReturns } from "./gateway/measure-returns.js";
import { readGatewayOptions } from "./gateway/options.js";
import { measureReceiver } from "./latency/measure-receiver.js";
import { script } from "./processes/receiver-commands.js";
import { ownReceiver } from "./processes/start-receiver.js";
import { startSender } from "./processes/start-sender.js";
import { describeMachine } from "./report/machine.js";
import { findPython } from "./report/python.js";
import { writeSection } from "./report/write-section.js";

const SIZE = { width: 640, height: 480 };
const LOOPBACK: GatewayCase = { name: "one, on loopback", cameras: 1 };
const MANY: GatewayCase = { name: "eight, on loopback", cameras: 8 };
const FAR: readonly GatewayCase[] = [
  { name: "one, 20 ms each way", cameras: 1, delayMs: 20, lossPercent: 0 },
  { name: "one, 20 ms each way, 3 % lost", cameras: 1, delayMs: 20, lossPercent: 3 },
  { name: "the same without NACK", cameras: 1, delayMs: 20, lossPercent: 3, nack: false },
];

const { seconds, loadSeconds, only, write } = readGatewayOptions(process.argv.slice(2));
const chosen = (name: string): boolean => only.length === 0 || only.some((part) => name.includes(part));
const python = await findPython();
const port = await freeTcpPort();
const results: GatewayResults = {
  machine: await describeMachine(python),
  seconds,
  cameras: [],
  others: [],
  returns: [],
  problem: undefined,
};

const folder = await mkdtemp(join(tmpdir(), "glasslink-bench-"));
try {
  const clip = join(folder, "clip.h264");
  await makeClip(clip, SIZE);
  await measure(clip);
} catch (error) {
  results.problem = (error as Error).message;
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}
const report = gatewayReport(results);
console.log(`\n${report}`);
if (write) writeSection("gateway", report);

async function measure(clip: string): Promise<void> {
  const run = { clip, port, seconds };
  if (chosen("loopback")) results.cameras.push(await measureCameras(LOOPBACK, run));
  if (chosen("others")) await measureOthers(clip);
  if (chosen("many")) results.cameras.push(await measureCameras(MANY, { ...run, seconds: loadSeconds }));
  if (!chosen("far") && !chosen("returns")) return;
  const network = await makeFarNetwork(python);
  try {
    for (const far of chosen("far") ? FAR : []) {
      console.log(far.name);
      results.cameras.push(await measureCameras(far, { ...run, network }));
    }
    network.is("delay 0");
    if (chosen("returns")) results.returns.push(...(await measureReturns({ clip, port, network })));
  } finally {
    await network.close();
  }
}

/** Our receiver by TCP, and aiortc as the gateway. */
async function measureOthers(clip: string): Promise<void> {
  const sender = await startSender(clip, { outputs: [`webrtc+http://127.0.0.1:${port}?camera=left`] });
  const run = { size: SIZE, seconds };
  const own = { name: "glasslink, tcp://", how: "`new Receiver(url)`" };
  const aiortc = { name: "aiortc", how: "the same signalling by python-socketio; `track.recv()`, `to_ndarray`" };
  results.others.push(
    await measureReceiver(
      { ...own, command: ({ url, seconds }) => ownReceiver({ url, seconds, consumer: "keen" }) },
      sender,
      run,
    ),
    await measureReceiver(
      { ...aiortc, command: ({ seconds }) => script(python, "aiortc_gateway", String(port), String(seconds)) },
      sender,
      run,
    ),
  );
  await sender.kill();
}
