/** A process that runs a program which writes raw RGB to its stdout, and tells when which frame was there. */
import { spawn } from "node:child_process";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { monotonicMs } from "../monotonic.js";
import type { PipeSettings } from "./pipe-settings.js";
import type { ReceiverReport, Seen } from "./receiver-report.js";
import { startMoment } from "./start-moment.js";

const LONGEST_WAIT_MS = 15_000;

const { command, args, width, height, seconds } = JSON.parse(process.argv[2] ?? "{}") as PipeSettings;
const frameBytes = width * height * 3;
// Only the rows with the number are kept: it costs the program under test less than gathering its frames would.
const head = Buffer.alloc(frameBytes);
const headBytes = Math.ceil(height / 30) * width * 3;
const frames: Seen[] = [];
let filled = 0;
let said = "";

await startMoment();
const startedAtMs = monotonicMs();
const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
const giveUp = setTimeout(finish, LONGEST_WAIT_MS);
child.on("error", (error) => {
  said = error.message;
  finish();
});
child.on("exit", finish);
child.stderr.on("data", (text: Buffer) => {
  said = `${said}${text}`.slice(-2_000);
});
child.stdout.on("data", (chunk: Buffer) => {
  for (let offset = 0; offset < chunk.length; ) {
    const count = Math.min(chunk.length - offset, frameBytes - filled);
    if (filled < headBytes) chunk.copy(head, filled, offset, offset + Math.min(count, headBytes - filled));
    offset += count;
    filled += count;
    if (filled === frameBytes) frame();
  }
});

function frame(): void {
  const atMs = monotonicMs();
  filled = 0;
  const counter = readFrameCounter(head, width, height);
  if (counter === undefined) return;
  if (frames.length === 0) {
    clearTimeout(giveUp);
    setTimeout(finish, seconds * 1000);
  }
  frames.push([counter, atMs]);
}

let finishing = false;
function finish(): void {
  if (finishing) return;
  finishing = true;
  child.kill("SIGKILL");
  const failure = frames.length === 0 ? said.trim().split("\n").at(-1) || "no frame within 15 s" : undefined;
  const report: ReceiverReport = { startedAtMs, frames, ...(failure !== undefined && { failure }) };
  process.stdout.write(JSON.stringify(report), () => process.exit());
}
