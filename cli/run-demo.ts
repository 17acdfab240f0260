import { once } from "node:events";
import { createServer } from "node:net";
import { type Frame, Receiver, type ReceiverStats, StreamError } from "../lib/index.js";
import { readFrameCounter } from "../server/cameras/frame-counter.js";
import { Sender } from "../server/index.js";
import { PIPED_DEMO_SECONDS } from "./default-seconds.js";
import { describePercentiles } from "./figures.js";
import type { LogLevel } from "./log-levels.js";
import { PictureScreen } from "./picture-screen.js";
import { receiveHint } from "./receive-command.js";
import type { CommandContext } from "./run-command.js";

const PICTURE_INTERVAL_MS = 100;
const LINE_INTERVAL_MS = 1_000;
const PAGE_PORT = 8080;

/** The options of `glasslink demo` as they were parsed. */
export interface DemoOptions {
  seconds?: number;
  logLevel: LogLevel;
}

/**
 * Sends a test picture to itself until the user ends it, or for `options.seconds`.
 * @throws StreamError where no frame came
 */
export async function runDemo(options: DemoOptions, context: CommandContext): Promise<void> {
  const { signal, logger, print } = context;
  const terminal = process.stdout.isTTY && process.env.TERM !== "dumb";
  const limit = options.seconds ?? (terminal ? undefined : PIPED_DEMO_SECONDS);
  const page = `web://127.0.0.1:${(await isFree(PAGE_PORT)) ? PAGE_PORT : 0}`;
  const outputs = ["tcp://127.0.0.1:0", page];
  await using sender = new Sender({ camera: { kind: "pattern" }, outputs, logger });
  signal.addEventListener("abort", () => void sender.close(), { once: true });
  await sender.ready;
  await using receiver = new Receiver(sender.outputs[0]?.url ?? "", { logger });
  print(`${sender.stats().camera}, over ${receiver.url}`);
  print(receiveHint(sender.outputs[1]?.url ?? "", page, { isSecure: false }));
  using screen = terminal ? new PictureScreen(process.stdout) : undefined;
  const counters = new CounterCheck();
  let shownAtMs = Number.NEGATIVE_INFINITY;
  receiver.on("frame", (frame) => {
    counters.add(frame);
    const nowMs = performance.now();
    if (nowMs - shownAtMs < (screen ? PICTURE_INTERVAL_MS : LINE_INTERVAL_MS)) return;
    shownAtMs = nowMs;
    const line = describeNow(counters.latest, frame, receiver.stats());
    if (screen) screen.show(frame, line);
    else print(line);
  });
  await untilOver(receiver, limit, signal);
  screen?.[Symbol.dispose]();
  const stats = receiver.stats();
  if (stats.frames === 0 && !signal.aborted) throw new StreamError("stalled", `${receiver.url}: no frame came`);
  print(describeEnd(stats, counters));
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  const listens = await once(server, "listening").catch(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  return listens !== undefined;
}

function untilOver(receiver: Receiver, limit: number | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = limit === undefined ? undefined : setTimeout(resolve, limit * 1_000);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    receiver.on("error", reject);
    if (signal.aborted) finish();
    else signal.addEventListener("abort", finish, { once: true });
  });
}

/** Whether the numbers in the pictures go up one by one. */
class CounterCheck {
  latest: number | undefined;
  missed = 0;

  add(frame: Frame): void {
    const counter = readFrameCounter(frame.data, frame.width, frame.height);
    if (counter === undefined) return;
    if (this.latest !== undefined && counter > this.latest) this.missed += counter - this.latest - 1;
    this.latest = counter;
  }
}

function describeNow(counter: number | undefined, frame: Frame, { fps, latencyMs }: ReceiverStats): string {
  const latency = latencyMs ? `${latencyMs.p50.toFixed(1)} ms` : "unknown";
  return `frame ${counter ?? "unreadable"}  ${frame.width}x${frame.height}  ${fps.toFixed(1)} fps  latency ${latency}`;
}

function describeEnd(stats: ReceiverStats, { missed }: CounterCheck): string {
  const { frames, firstFrameMs, latencyMs, decodeMs } = stats;
  return [
    `${frames} frames received, ${missed} missed; the first after ${firstFrameMs?.toFixed(0) ?? "?"} ms`,
    `latency from the encoder's output to pixels here: ${describePercentiles(latencyMs)}`,
    `decoding: ${describePercentiles(decodeMs)}`,
  ].join("\n");
}
