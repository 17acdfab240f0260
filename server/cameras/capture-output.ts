import { type ChildExit, startChildProcess } from "../../lib/child-process.js";
import type { Clock } from "../../lib/clock.js";
import { StreamError } from "../../lib/errors.js";

const DEFAULTS = { timeoutMs: 15_000 };
const LONGEST_OUTPUT = 1024 * 1024;

/** A program that is asked something and answers by its output. */
export interface CaptureOutputOptions {
  command: string;
  args: readonly string[];
  signal: AbortSignal;
  clock: Clock;
  /** How long it may take, in milliseconds. Default 15000. */
  timeoutMs?: number;
}

/** What a program said. */
export interface CapturedOutput {
  exit: ChildExit;
  stdout: string;
  /** Its last 200 lines of stderr. */
  stderr: string[];
  /** Whether the program could be started at all. */
  started: boolean;
  /** Whether it took too long and was ended. */
  timedOut: boolean;
  failure(): StreamError;
}

/** Runs a program to its end, for a limited time, and gives what it said (1 MiB at most). Never rejects. */
export async function captureOutput(options: CaptureOutputOptions): Promise<CapturedOutput> {
  const { command, args, signal, clock, timeoutMs = DEFAULTS.timeoutMs } = options;
  const limit = new AbortController();
  const timer = clock.after(timeoutMs, () => limit.abort());
  const child = startChildProcess({ command, args, signal: AbortSignal.any([signal, limit.signal]) });
  const chunks: Buffer[] = [];
  let length = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= LONGEST_OUTPUT) chunks.push(chunk);
  });
  const exit = await child.exited;
  timer.cancel();
  const started = exit.code !== undefined || exit.signal !== undefined;
  const stdout = Buffer.concat(chunks).toString("utf8");
  const timedOut = limit.signal.aborted;
  const failure = (): StreamError => {
    const error = child.failure(exit);
    if (!timedOut) return error;
    const message = `${command} did not answer ${args.join(" ")} within ${timeoutMs / 1000} s`;
    return new StreamError("process-failed", message, { details: error.details });
  };
  return { exit, stdout, stderr: child.stderrTail(), started, timedOut, failure };
}
