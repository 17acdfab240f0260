#!/usr/bin/env node
// Two cameras in one window: `npm run example:stereo -- tcp://192.168.1.20:8000 tcp://192.168.1.20:8001`
import { once } from "node:events";
import { parseArgs } from "node:util";
// In your own program: from "glasslink".
import { type FramePairs, pairFrames, Receiver } from "../lib/index.js";
import { FfplayWindow } from "./ffplay-window.js";
import { loadOpenCv, OpenCvWindow } from "./opencv-window.js";
import { anaglyph, sideBySide } from "./stereo-picture.js";
import type { VideoWindow } from "./window.js";

const USAGE = `Usage: npm run example:stereo -- LEFT_URL RIGHT_URL [--anaglyph] [--tolerance MS]

Shows what two cameras took at the same time, side by side; q, Esc or Ctrl-C quits. Prints how many pairs
a second there are, and how far apart in time their pictures were taken.

  --anaglyph    both in one picture, for red-cyan glasses: red from the left one, green and blue from the right
  --tolerance   how far apart in time the pictures of a pair may be, in milliseconds (default: 16)

Examples:
  npm run example:stereo -- tcp://192.168.1.20:8000 tcp://192.168.1.20:8001
  npm run example:stereo -- rtsp://192.168.1.64/left rtsp://192.168.1.64/right --anaglyph --tolerance 5`;

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const options = {
    anaglyph: { type: "boolean" },
    tolerance: { type: "string" },
    help: { type: "boolean", short: "h" },
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [leftUrl, rightUrl] = positionals;
  if (values.help) return console.log(USAGE);
  if (leftUrl === undefined || rightUrl === undefined || positionals.length > 2) {
    throw new Error(`two URLs are needed\n\n${USAGE}`);
  }
  await using left = receive("left", leftUrl);
  await using right = receive("right", rightUrl);
  const tolerance = values.tolerance === undefined ? {} : { toleranceMs: Number(values.tolerance) };
  await using pairs = pairFrames(left, right, tolerance);

  const window = openWindow();
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const shown = showPairs({ pairs, window, left, compose: values.anaglyph ? anaglyph : sideBySide });
  try {
    await Promise.race([window.closed, interrupted, shown]);
  } finally {
    // No picture comes to a window that is gone.
    await pairs.return();
    window.close();
  }
}

function receive(side: string, url: string): Receiver {
  const receiver = new Receiver(url, { pixelFormat: "bgr24" });
  let last = "";
  // While it reconnects there is a new state for every try.
  receiver.on("state", ({ name }) => {
    if (name !== last) console.log(`${side}: ${name}`);
    last = name;
  });
  receiver.on("warning", (warning) => console.error(`${side}: ${warning.message}`));
  return receiver;
}

interface Show {
  pairs: FramePairs;
  window: VideoWindow;
  /** Its figures come once a second, and those of the pairs with them. */
  left: Receiver;
  compose: typeof sideBySide;
}

async function showPairs({ pairs, window, left, compose }: Show): Promise<void> {
  let caption = "";
  let before = 0;
  left.on("stats", () => {
    const stats = pairs.stats();
    const { by, skewMs } = stats;
    const skew = skewMs ? `, ${skewMs.p50.toFixed(1)} ms apart by ${by}, ${skewMs.max.toFixed(1)} at most` : "";
    const unpaired = `unpaired ${stats.unpaired.left} left, ${stats.unpaired.right} right`;
    caption = `${stats.pairs - before} pairs${skew}, ${unpaired}`;
    before = stats.pairs;
    console.log(caption);
  });
  // Always the newest pair: while one is being shown, older ones are dropped.
  for await (const pair of pairs) {
    await window.show({ ...pair.left, ...compose(pair.left, pair.right) }, caption);
    pair.release();
  }
}

function openWindow(): VideoWindow {
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new Error("there is no display to show a window on (DISPLAY is not set)");
  }
  const title = "glasslink stereo (q quits)";
  const opencv = loadOpenCv();
  return opencv ? new OpenCvWindow(opencv, title) : new FfplayWindow(title);
}
