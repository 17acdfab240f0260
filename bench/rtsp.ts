/** `npm run bench:rtsp`: our RTSP server and client, others with it, and hundreds of clients at a time. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateFfmpeg } from "../lib/ffmpeg/locate.js";
import { makeClip } from "./clip/make-clip.js";
import { measureReceiver } from "./latency/measure-receiver.js";
import { startSender } from "./processes/start-sender.js";
import { describeMachine } from "./report/machine.js";
import { findPython } from "./report/python.js";
import { writeSection } from "./report/write-section.js";
import { measureFfmpegStart } from "./rtsp/measure-ffmpeg-start.js";
import { measureJoins } from "./rtsp/measure-joins.js";
import { measureRtspReceiver, type RtspSender } from "./rtsp/measure-rtsp-receiver.js";
import { type Comparison, measureServers } from "./rtsp/measure-servers.js";
import { readRtspOptions } from "./rtsp/options.js";
import { players } from "./rtsp/players.js";
import { rtspContenders } from "./rtsp/rtsp-contenders.js";
import { type RtspResults, rtspReport } from "./rtsp/rtsp-report.js";

const SIZE = { width: 640, height: 480 };
const JOIN_LIMIT_MS = 150;
const COMPARISONS: readonly Comparison[] = [
  { servers: ["glasslink", "gst-rtsp-server"], transport: "tcp", clients: 400 },
  { servers: ["glasslink", "gst-rtsp-server"], transport: "udp", clients: 200 },
];

const { seconds, loadSeconds, only, write } = readRtspOptions(process.argv.slice(2));
const chosen = (name: string): boolean => only.length === 0 || only.some((part) => name.includes(part));
const python = await findPython();
const machine = await describeMachine(python);
const results: RtspResults = {
  machine,
  size: SIZE,
  seconds,
  receivers: [],
  joins: [],
  ffmpegMs: undefined,
  players: [],
  load: [],
};

const folder = await mkdtemp(join(tmpdir(), "glasslink-bench-"));
try {
  console.log("making five seconds of video");
  const clip = join(folder, "clip.h264");
  await makeClip(clip, SIZE);
  await measureReceivers(clip);
  for (const comparison of COMPARISONS.filter(({ transport }) => chosen(`load ${transport}`))) {
    console.log(`${comparison.clients} clients, ${comparison.transport}`);
    results.load.push(...(await measureServers(comparison, { clip, python, seconds: loadSeconds })));
  }
} finally {
  await rm(folder, { recursive: true });
}
const report = rtspReport(results);
console.log(`\n${report}`);
if (write) writeSection("rtsp", report);

async function measureReceivers(clip: string): Promise<void> {
  const outputs = ["gop?join=gop", "keyframe?join=keyframe", "aud?aud=1"].map((path) => `rtsp://127.0.0.1:0/${path}`);
  const sender = await startSender(clip, { outputs });
  const [gop, keyframe, aud] = sender.outputUrls as [string, string, string];
  const running: RtspSender = { sender, urls: { gop, keyframe, aud } };
  const run = { size: SIZE, seconds };
  for (const contender of rtspContenders({ ffmpeg: (await locateFfmpeg()).path, python })) {
    if (!chosen(contender.name)) continue;
    console.log(contender.name);
    results.receivers.push(await measureRtspReceiver(contender, running, run));
  }
  if (chosen("join")) await measureJoining(gop, sender.url);
  for (const player of players().filter(({ name }) => chosen(name))) {
    console.log(`${player.name}, ${player.how}`);
    results.players.push({
      plain: await measureReceiver(player, { ...sender, url: gop }, run),
      aud: await measureReceiver(player, { ...sender, url: aud }, run),
    });
  }
  await sender.kill();
}

async function measureJoining(rtspUrl: string, tcpUrl: string): Promise<void> {
  console.log("joining");
  for (const transport of ["tcp", "udp"]) {
    const url = `${rtspUrl}?transport=${transport}`;
    results.joins.push(await measureJoins({ name: `rtsp://, ${transport}`, url, limitMs: JOIN_LIMIT_MS }));
  }
  results.joins.push(await measureJoins({ name: "tcp://, to compare with", url: tcpUrl }));
  results.ffmpegMs = await measureFfmpegStart();
}
