import { Receiver, type ReceiverStats, StreamError } from "../lib/index.js";
import { PROBE_SECONDS } from "./default-seconds.js";
import { describePercentiles, round, rounded } from "./figures.js";
import type { LogLevel } from "./log-levels.js";
import type { CommandContext } from "./run-command.js";

/** The options of `glasslink probe` as they were parsed. */
export interface ProbeOptions {
  frames?: number;
  seconds?: number;
  json?: true;
  hwaccel: string;
  logLevel: LogLevel;
}

/** What `probe --json` prints. Milliseconds; latency from capture to frame, decoding from last byte to frame. */
interface ProbeResult
  extends Pick<
    ReceiverStats,
    "codec" | "width" | "height" | "frames" | "fps" | "firstFrameMs" | "latencyMs" | "decodeMs" | "lost" | "dropped"
  > {
  /** Without password. */
  url: string;
  /** All restarts together. */
  restarts: number;
}

/**
 * Receives for a while and tells what came.
 * @throws StreamError why nothing came
 */
export async function runProbe(url: string, options: ProbeOptions, context: CommandContext): Promise<void> {
  const { signal, logger } = context;
  await using receiver = new Receiver(url, { hwaccel: options.hwaccel, logger });
  const startedAtMs = performance.now();
  const trouble = await measure(receiver, options, context);
  const stats = receiver.stats();
  const elapsedMs = performance.now() - startedAtMs;
  if (stats.frames === 0) {
    if (signal.aborted) return;
    throw noFrame(receiver, elapsedMs, trouble);
  }
  const result = summarise(receiver.url, stats);
  context.print(options.json ? JSON.stringify(result) : describe(result, elapsedMs));
}

/** Resolves when enough was seen, with what went wrong last. */
function measure(receiver: Receiver, options: ProbeOptions, context: CommandContext): Promise<StreamError | undefined> {
  const { signal, status } = context;
  const limitMs = (options.seconds ?? PROBE_SECONDS) * 1_000;
  const untilSilent = options.frames !== undefined && options.seconds === undefined;
  return new Promise((resolve) => {
    let trouble: StreamError | undefined;
    const finish = (): void => {
      clearTimeout(timer);
      resolve(trouble);
    };
    const timer = setTimeout(finish, limitMs);
    signal.addEventListener("abort", finish, { once: true });
    receiver.on("warning", (warning) => {
      trouble = warning;
    });
    receiver.on("error", (error) => {
      trouble = error;
      finish();
    });
    receiver.on("stats", ({ frames, fps }) => status.show(`${frames} frames, ${fps.toFixed(1)} fps`));
    let frames = 0;
    receiver.on("frame", (frame) => {
      frame.release();
      if (untilSilent) timer.refresh();
      if (++frames === options.frames) finish();
    });
    if (signal.aborted) finish();
  });
}

function noFrame(receiver: Receiver, elapsedMs: number, trouble: StreamError | undefined): StreamError {
  if (trouble && !trouble.retryable) return trouble;
  const { bytes, units } = receiver.stats();
  const seen = units > 0 ? `${units} coded pictures, but none that decodes` : `${bytes} bytes, but no picture`;
  const reason = trouble?.message ?? (bytes > 0 ? seen : "nothing came");
  const where = reason.includes(receiver.url) ? "" : `${receiver.url}: `;
  const message = `${where}no frame in ${(elapsedMs / 1_000).toFixed(1)} s: ${reason}`;
  return new StreamError(trouble?.code ?? "stalled", message, { cause: trouble });
}

function summarise(url: string, stats: ReceiverStats): ProbeResult {
  const { codec, width, height, frames, fps, firstFrameMs, lost, dropped } = stats;
  return {
    ...{ url, codec, width, height, frames, fps },
    firstFrameMs: firstFrameMs === null ? null : round(firstFrameMs),
    latencyMs: rounded(stats.latencyMs),
    decodeMs: rounded(stats.decodeMs),
    ...{ lost, dropped },
    restarts: Object.values(stats.restarts).reduce((sum, value) => sum + value, 0),
  };
}

function describe(result: ProbeResult, elapsedMs: number): string {
  const { url, codec, width, height, frames, fps, firstFrameMs, lost, dropped, restarts } = result;
  return [
    url,
    `format       ${codec ?? "unknown"} ${width ?? "?"}x${height ?? "?"}`,
    `frames       ${frames} in ${(elapsedMs / 1_000).toFixed(1)} s, ${fps.toFixed(1)} fps`,
    `first frame  after ${firstFrameMs?.toFixed(0)} ms`,
    `latency      ${describePercentiles(result.latencyMs)}`,
    `decoding     ${describePercentiles(result.decodeMs)}`,
    `trouble      ${lost} lost, ${dropped} dropped, ${restarts} restarts`,
  ].join("\n");
}
