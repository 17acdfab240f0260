import { Readable } from "node:stream";
import { type Frame, Receiver, StreamError } from "../lib/index.js";
import { startFfmpegJob } from "./ffmpeg-job.js";
import type { LogLevel } from "./log-levels.js";
import { checkOutputFile } from "./output-file.js";
import type { CommandContext } from "./run-command.js";

/** A stream that is joined begins with a burst of pictures of up to a second ago, which is over after this time. */
const BURST_MS = 200;
/** A picture that took longer, through the decoder or all the way, is not the newest. */
const PROMPT_MS = 150;
/** How long to look for a newer picture than the first. */
const SETTLE_MS = 1_000;

/** The options of `glasslink snapshot` as they were parsed. */
export interface SnapshotOptions {
  output: string;
  timeout: number;
  logLevel: LogLevel;
}

/**
 * Saves the newest picture of a stream.
 * @throws StreamError why there is none
 */
export async function runSnapshot(
  url: string,
  { output, timeout }: SnapshotOptions,
  context: CommandContext,
): Promise<void> {
  await checkOutputFile(output);
  const frame = await newestFrame(url, timeout, context);
  const { data, width, height } = frame;
  const { signal } = context;
  signal.throwIfAborted();
  const job = await startFfmpegJob({
    input: Readable.from([data], { objectMode: false }),
    inputOptions: ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", `${width}x${height}`],
    outputOptions: ["-frames:v", "1", "-update", "1", ...(/\.png$/i.test(output) ? [] : ["-q:v", "2"])],
    output,
  });
  signal.addEventListener("abort", () => job.kill(), { once: true });
  if (signal.aborted) job.kill();
  await job.done.catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  context.print(`${output}  ${width}x${height}`);
}

async function newestFrame(url: string, timeout: number, context: CommandContext): Promise<Frame> {
  await using receiver = new Receiver(url, { logger: context.logger });
  let trouble: StreamError | undefined;
  receiver.on("warning", (warning) => {
    trouble = warning;
  });
  const late = AbortSignal.timeout(timeout * 1_000);
  const first = await receiver.read({ signal: AbortSignal.any([context.signal, late]) }).catch((error: unknown) => {
    if (!late.aborted || context.signal.aborted) throw error;
    const reason = trouble?.message ?? `${receiver.url}: nothing came`;
    throw new StreamError(trouble?.code ?? "stalled", `no picture in ${timeout} s: ${reason}`, { cause: trouble });
  });
  // Awaited here: the receiver lives until this function returns.
  return await newerFrame(receiver, first, AbortSignal.any([context.signal, AbortSignal.timeout(SETTLE_MS)]));
}

/** A frame that is live, or the newest that there is. */
async function newerFrame(receiver: Receiver, first: Frame, signal: AbortSignal): Promise<Frame> {
  const isLive = ({ latencyMs, receivedAtMs, decodedAtMs }: Frame): boolean =>
    latencyMs === undefined
      ? receivedAtMs > first.receivedAtMs + BURST_MS && decodedAtMs < receivedAtMs + PROMPT_MS
      : latencyMs < PROMPT_MS;
  let newest = first;
  while (!isLive(newest) && !signal.aborted) {
    // A stream that ends now has given its newest picture.
    const next = await receiver.read({ newerThan: newest.sequence, signal }).catch(() => undefined);
    if (!next) break;
    newest = next;
  }
  return newest;
}
