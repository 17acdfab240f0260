import { type ChildExit, startChildProcess } from "../../lib/child-process.js";
import type { Clock } from "../../lib/clock.js";
import type { StreamError } from "../../lib/errors.js";

const TIMEOUT_MS = 15_000;
const LONGEST_OUTPUT = 1024 * 1024;

/** A program that is asked something and answers by its output. */
export interface CaptureOutputOptions {
  command: string;
  args: readonly string[];
  signal: AbortSignal;
  clock: Clock;
}

/** What a program said. */
export interface CapturedOutput {
  exit: ChildExit;
  stdout: string;
  /** Its last 200 lines of stderr. */
  stderr: string[];
  /** Whether the program could be started at all. */
  started: boolean;
  failure(): StreamError;
}

/** Runs a program to its end, 15 s at most, and gives what it said (1 MiB at most). Never rejects. */
export async function captureOutput(options: CaptureOutputOptions): Promise<CapturedOutput> {
  const { command, args, signal, clock } = options;
  const limit = new AbortController();
  const timer = clock.after(TIMEOUT_MS, () => limit.abort());
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
  return { exit, stdout, stderr: child.stderrTail(), started, failure: () => child.failure(exit) };
}
