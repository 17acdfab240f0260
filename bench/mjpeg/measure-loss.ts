import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { chunkCountOf } from "../../lib/chunked-udp/server-message.js";
import { CLIP_FPS } from "../clip/make-clip.js";
import { readJpegClip } from "../clip/read-jpeg-clip.js";
import { startMjpegSender } from "../processes/start-mjpeg-sender.js";
import { projectPath } from "../project-path.js";
import { type LossyNetwork, makeLossyNetwork } from "./lossy-network.js";

const LOSS_PERCENT = 1;
const PORT = 9_999;
/** What is on its way when the sender ends arrives meanwhile. */
const GRACE_MS = 500;

/** What came of pictures on a network that loses datagrams. */
export interface LossResult {
  lossPercent: number;
  /** Pictures that were sent. */
  sent: number;
  /** Of these, the ones of which every datagram came to the receiver's machine. */
  whole: number;
  /** Those of which only the announcement did not. */
  withoutStart: number;
  /** What the receiver gave, bit for bit as it was sent. */
  delivered: number;
  /** What it gave besides. */
  wrong: number;
  /** The share that would be whole if each datagram came with the same chance: the mean over the pictures. */
  expectedShare: number;
}

/** Receives for a while on such a network. */
export async function measureLoss(clip: string, given: { python: string; seconds: number }): Promise<LossResult> {
  const network = await makeLossyNetwork(LOSS_PERCENT);
  try {
    return await receive(clip, network, given);
  } finally {
    await network.close();
  }
}

async function receive(
  clip: string,
  network: LossyNetwork,
  { python, seconds }: { python: string; seconds: number },
): Promise<LossResult> {
  const pictures = readJpegClip(clip).map(({ data }) => data);
  const hashes = new Set(pictures.map((data) => createHash("md5").update(data).digest("hex")));
  const start = (command: string, script: string, ...args: string[]): ChildProcessWithoutNullStreams =>
    spawn("ip", ["netns", "exec", network.receiver, command, projectPath(`test/peers/${script}`), ...args]);
  const arrivals = start(python, "chunked_udp_arrivals.py");
  await once(arrivals.stdout, "data");
  const url = `chunked-udp://${network.address}:${PORT}`;
  const sender = await startMjpegSender(clip, { fps: CLIP_FPS, outputs: [url], namespace: network.sender });
  const receiver = start(process.execPath, "chunked-udp-units.mjs", url);
  const seen: string[] = [];
  createInterface(receiver.stdout).on("line", (hash) => seen.push(hash));
  await wait(seconds * 1_000);
  const { lastChunks } = await sender.times();
  await sender.kill();
  await wait(GRACE_MS);
  receiver.kill();
  arrivals.stdin.end();
  const told = JSON.parse(String((await once(arrivals.stdout, "data"))[0])) as { whole: number; withoutStart: number };
  if (receiver.exitCode === null) await once(receiver, "exit");
  const right = seen.filter((hash) => hashes.has(hash));
  // The announcement is a datagram as well.
  const shares = pictures.map(({ length }) => (1 - LOSS_PERCENT / 100) ** (chunkCountOf(length) + 1));
  return {
    ...{ lossPercent: LOSS_PERCENT, sent: lastChunks.length, ...told },
    ...{ delivered: right.length, wrong: seen.length - right.length },
    expectedShare: shares.reduce((sum, share) => sum + share, 0) / shares.length,
  };
}
