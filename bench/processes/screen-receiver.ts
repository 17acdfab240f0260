/** A process that runs a player on a screen in memory, and tells when which picture stood on it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { readFrameCounter } from "../../server/cameras/frame-counter.js";
import { monotonicMs } from "../monotonic.js";
import type { PipeSettings } from "./pipe-settings.js";
import type { ReceiverReport, Seen } from "./receiver-report.js";
import { startMoment } from "./start-moment.js";

const LONGEST_WAIT_MS = 15_000;
const LOOK_EVERY_MS = 1;
const PIXEL_BYTES = 4;
/** Of the dump's header, in words. @see X11/XWDFile.h */
const HEADER = { size: 0, bytesPerLine: 12, colors: 19, words: 25 } as const;
const COLOR_BYTES = 12;

const { command, args, width, height, seconds } = JSON.parse(process.argv[2] ?? "{}") as PipeSettings;
const folder = mkdtempSync(join(tmpdir(), "glasslink-screen-"));
const frames: Seen[] = [];
let player: ChildProcess | undefined;
let said = "";
let finishing = false;

const screenSize = `${width}x${height + 100}x24`;
// The pointer stands in the middle, and below the numbers.
const screen = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", screenSize, "-fbdir", folder, "-noreset"], {
  stdio: ["ignore", "pipe", "ignore"],
});
screen.on("error", () => finish("Xvfb is not installed"));
const [display] = await once(screen.stdout as Readable, "data");
const readRow = openScreen(join(folder, "Xvfb_screen0"));

await startMoment();
const startedAtMs = monotonicMs();
const environment = { DISPLAY: `:${String(display).trim()}`, SDL_RENDER_DRIVER: "software", SDL_AUDIODRIVER: "dummy" };
player = spawn(command, args, {
  stdio: ["ignore", "ignore", "pipe"],
  env: { ...process.env, ...environment },
});
player.on("error", (error) => finish(error.message));
player.on("exit", () => finish(said.trim().split("\n").at(-1) || "it ended"));
player.stderr?.on("data", (text: Buffer) => {
  said = `${said}${text}`.slice(-2_000);
});
const giveUp = setTimeout(() => finish("no picture within 15 s"), LONGEST_WAIT_MS);
setInterval(look, LOOK_EVERY_MS);

function look(): void {
  const counter = readFrameCounter(readRow(), width, height, PIXEL_BYTES);
  if (counter === undefined || counter === frames.at(-1)?.[0]) return;
  if (frames.length === 0) {
    clearTimeout(giveUp);
    setTimeout(finish, seconds * 1000);
  }
  frames.push([counter, monotonicMs()]);
}

/** Gives the pixels of the window in the screen's upper left corner, of which only the row with the number is read. */
function openScreen(path: string): () => Buffer {
  const file = openSync(path, "r");
  const header = Buffer.alloc(HEADER.words * 4);
  readSync(file, header, 0, header.length, 0);
  const [size, bytesPerLine, colors] = [HEADER.size, HEADER.bytesPerLine, HEADER.colors].map((word) =>
    header.readUInt32BE(word * 4),
  ) as [number, number, number];
  const row = Math.floor(height / 30 / 2);
  const position = size + colors * COLOR_BYTES + row * bytesPerLine;
  const pixels = Buffer.alloc(width * height * PIXEL_BYTES);
  return () => {
    readSync(file, pixels, row * width * PIXEL_BYTES, width * PIXEL_BYTES, position);
    return pixels;
  };
}

function finish(failure?: string): void {
  if (finishing) return;
  finishing = true;
  player?.kill("SIGKILL");
  screen.kill();
  rmSync(folder, { recursive: true, force: true });
  const report: ReceiverReport = { startedAtMs, frames, ...(frames.length === 0 && failure && { failure }) };
  process.stdout.write(JSON.stringify(report), () => process.exit());
}
