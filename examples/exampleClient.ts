#!/usr/bin/env node
// A live window: `npm run example -- tcp://192.168.1.20:8000`
import { once } from "node:events";
import { parseArgs } from "node:util";
// In your own program: from "glasslink".
import { Receiver, type ReceiverStats } from "../lib/index.js";
import { FfplayWindow } from "./ffplay-window.js";
import { loadOpenCv, OpenCvWindow } from "./opencv-window.js";
import type { VideoWindow } from "./window.js";

const USAGE = `Usage: npm run example -- URL [--window opencv|ffplay]

Shows a stream in a window; q, Esc or Ctrl-C quits. Prints frames a second, the time from capture to
decoded frame where the stream tells it, and the part of it that decoding takes.

  --window   opencv needs \`npm run build:opencv\` once; ffplay comes with ffmpeg (default: opencv where it is built)

Examples:
  npm run example -- tcp://192.168.1.20:8000
  npm run example -- udp://239.1.1.1:5000 --window ffplay`;

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const options = { window: { type: "string" }, help: { type: "boolean", short: "h" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const url = positionals[0];
  if (values.help) return console.log(USAGE);
  if (url === undefined || positionals.length > 1) throw new Error(`one URL is needed\n\n${USAGE}`);

  // It connects at once, reconnects for ever, and ends when this function does.
  await using receiver = new Receiver(url, { pixelFormat: "bgr24" });
  const window = openWindow(values.window);
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  try {
    await Promise.race([window.closed, interrupted, showFrames(receiver, window)]);
  } finally {
    // No frame comes to a window that is gone.
    await receiver.close();
    window.close();
  }
}

async function showFrames(receiver: Receiver, window: VideoWindow): Promise<void> {
  let caption = "";
  let last = "";
  // While it reconnects there is a new state for every try.
  receiver.on("state", ({ name }) => {
    if (name !== last) console.log(name);
    last = name;
  });
  receiver.on("warning", (warning) => console.error(warning.message));
  receiver.on("stats", (stats) => {
    caption = describeStats(stats);
    console.log(caption);
  });
  // Always the newest frame: while one is being shown, older ones are dropped.
  for await (const frame of receiver) {
    await window.show(frame, caption);
    frame.release();
  }
}

function openWindow(kind: string | undefined): VideoWindow {
  if (kind !== undefined && kind !== "opencv" && kind !== "ffplay") {
    throw new Error(`--window ${kind}: allowed are opencv and ffplay`);
  }
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new Error("there is no display to show a window on (DISPLAY is not set)");
  }
  const title = "glasslink (q quits)";
  const opencv = kind === "ffplay" ? undefined : loadOpenCv();
  if (opencv) return new OpenCvWindow(opencv, title);
  if (kind === "opencv") throw new Error("OpenCV is not installed; build it with: npm run build:opencv");
  return new FfplayWindow(title);
}

function describeStats({ fps, latencyMs, decodeMs }: ReceiverStats): string {
  if (decodeMs === null) return "no frames yet";
  // Only a stream of frames that say when they were taken can tell its latency.
  const latency = latencyMs ? `latency ${latencyMs.p50.toFixed(0)} ms` : "latency unknown";
  return `${fps.toFixed(0)} fps, ${latency}, decoding ${decodeMs.p50.toFixed(1)} ms`;
}
