import { type ChildProcess, startChildProcess } from "../child-process.js";
import type { Timer } from "../clock.js";
import { StreamError } from "../errors.js";
import { openFailure, streamEnd } from "./ffmpeg-failure.js";
import type { FfmpegInput, FfmpegOutput } from "./ffmpeg-input.js";
import { createFfmpegReader, type FfmpegReader } from "./ffmpeg-reader.js";
import type { SourceContext, SourceSink } from "./source.js";

/** What one child is started with. */
export interface FfmpegRunOptions {
  /** Path of ffmpeg. */
  command: string;
  url: string;
  input: FfmpegInput;
  sink: SourceSink;
  context: SourceContext;
  /** When the child must have opened the URL, monotonic milliseconds. */
  deadlineMs: number;
}

/** How a child ended. */
export interface FfmpegEnd {
  error: StreamError;
  /** Nothing came of it, and another way of opening the URL may do better. */
  undecided: boolean;
}

const NUT = ["-f", "nut", "-syncpoints", "none", "-write_index", "0", "-strict", "experimental"];
const PICTURES = ["-map", "0:V:0", "-map_metadata", "-1", "-map_chapters", "-1", "-c", "copy", "-copyinkf", ...NUT];

/**
 * What ffmpeg writes. NUT gives every packet away with its last byte; without sync points it is what a pipe needs, and
 * the only form (version 4, hence `experimental`) in which a codec's configuration can change midway.
 */
const OUTPUTS: Readonly<Record<FfmpegOutput, readonly string[]>> = {
  packets: PICTURES,
  bytes: ["-map", "0", "-c", "copy", "-f", "data"],
};

/** One ffmpeg child from its start to its end; undefined when `signal` ended it. */
export async function runFfmpeg(options: FfmpegRunOptions, signal: AbortSignal): Promise<FfmpegEnd | undefined> {
  const run = new FfmpegRun(options);
  const stop = (): void => run.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const end = await run.ended();
  signal.removeEventListener("abort", stop);
  return signal.aborted ? undefined : end;
}

class FfmpegRun {
  readonly #options: FfmpegRunOptions;
  readonly #ending = new AbortController();
  readonly #child: ChildProcess;
  readonly #reader: FfmpegReader;
  readonly #timer: Timer;
  #started = false;
  #end: FfmpegEnd | undefined;

  constructor(options: FfmpegRunOptions) {
    this.#options = options;
    const { command, url, input, sink, context, deadlineMs } = options;
    this.#child = startChildProcess({ command, args: childArguments(input), signal: this.#ending.signal });
    this.#child.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#reader = createFfmpegReader(input.output, {
      sink,
      clock: context.clock,
      onStarted: (description) => {
        this.#started = true;
        sink.connected({ sameClock: false, description: `${url} (${description}, by ffmpeg)` });
      },
    });
    this.#timer = context.clock.after(Math.max(0, deadlineMs - context.clock.now()), () => {
      const message = `${url}: no video within ${context.connectTimeoutMs} ms`;
      if (!this.#started) this.#fail(new StreamError("connect-failed", message), true);
    });
  }

  stop(): void {
    this.#ending.abort();
  }

  /** Resolves when the child is gone. */
  async ended(): Promise<FfmpegEnd> {
    const exit = await this.#child.exited;
    this.#timer.cancel();
    this.#reader.close();
    const { url } = this.#options;
    if (this.#end) return this.#end;
    if (this.#started) return { error: streamEnd(url, this.#child, exit), undecided: false };
    return openFailure(url, this.#child, exit);
  }

  #read(chunk: Buffer): void {
    if (this.#ending.signal.aborted) return;
    this.#options.sink.bytes(chunk.length);
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#fail(toStreamError(this.#options.url, error));
    }
  }

  #fail(error: StreamError, undecided = false): void {
    this.#end ??= { error, undecided };
    this.stop();
  }
}

function childArguments({ args, output }: FfmpegInput): string[] {
  const quiet = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error"];
  return [...quiet, ...args, ...OUTPUTS[output], "-flush_packets", "1", "pipe:1"];
}

function toStreamError(url: string, error: unknown): StreamError {
  if (error instanceof StreamError) return error;
  return new StreamError("invalid-data", `${url}: what ffmpeg wrote cannot be read: ${String(error)}`, {
    cause: error,
  });
}
