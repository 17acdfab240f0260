import type { Readable, Writable } from "node:stream";
import { execa } from "execa";
import { StreamError } from "./errors.js";
import { redact } from "./redact.js";

const STDERR_LINES = 200;
const LONGEST_LINE = 2_000;
const GRACE_MS = 500;

/** How a child process is started. */
export interface ChildProcessOptions {
  command: string;
  args: readonly string[];
  /** Ends the child when it aborts: SIGTERM, and SIGKILL after 500 ms. */
  signal: AbortSignal;
  /** File descriptors beyond stderr that the child writes to us, as pipes. */
  extraPipes?: number;
  /** Called for every line of stderr, for programs that say something of use there. */
  onStderrLine?: (line: string) => void;
}

/** How a child ended: exactly one of the two is set, or neither where it could not be started. */
export interface ChildExit {
  code: number | undefined;
  signal: string | undefined;
}

/** One child process with one owner: its `signal` ends it, `exited` tells when it is gone. */
export interface ChildProcess {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** The extra pipes, in order: the first is the child's file descriptor 3. */
  readonly extra: readonly Readable[];
  /** Resolves, never rejects, when the child is gone and its pipes are closed. */
  readonly exited: Promise<ChildExit>;
  /** The last lines of stderr (200 at most), passwords removed. */
  stderrTail(lines?: number): string[];
  /** An error that says how it ended: command line, exit and the last lines of stderr, without passwords. */
  failure(exit: ChildExit): StreamError;
  /** Ends it at once; for a child that is stopped or does not listen. */
  kill(): void;
}

/**
 * Starts a program. Problems of its pipes never throw: they show as its exit.
 * A missing program shows as an exit with neither code nor signal.
 */
export function startChildProcess(options: ChildProcessOptions): ChildProcess {
  const extraPipes = Array.from({ length: options.extraPipes ?? 0 }, () => "pipe" as const);
  const subprocess = execa(options.command, options.args, {
    stdio: ["pipe", "pipe", "pipe", ...extraPipes],
    buffer: false,
    reject: false,
    encoding: "buffer",
    cancelSignal: options.signal,
    forceKillAfterDelay: GRACE_MS,
    windowsHide: true,
  });
  const tail: string[] = [];
  collectLines(subprocess.stderr, (line) => {
    tail.push(redact(line));
    if (tail.length > STDERR_LINES) tail.shift();
    options.onStderrLine?.(line);
  });
  const pipes = subprocess.stdio.filter((pipe) => pipe !== undefined && pipe !== null);
  // A broken pipe is told by the exit that goes with it.
  for (const pipe of pipes) pipe.on("error", () => {});
  const stderrTail = (lines = STDERR_LINES): string[] => tail.slice(-lines);
  return {
    pid: subprocess.pid,
    stdin: subprocess.stdin,
    stdout: subprocess.stdout,
    extra: subprocess.stdio.slice(3) as unknown as Readable[],
    exited: subprocess.then((result) => ({ code: result.exitCode, signal: result.signal })),
    stderrTail,
    failure: (exit) => describeFailure(options, exit, stderrTail(8)),
    kill: () => void subprocess.kill("SIGKILL"),
  };
}

function collectLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = (lines.pop() ?? "").slice(-LONGEST_LINE);
    for (const line of lines) if (line !== "") onLine(line.slice(0, LONGEST_LINE));
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}

function describeFailure(options: ChildProcessOptions, exit: ChildExit, tail: string[]): StreamError {
  const how =
    exit.signal !== undefined
      ? `was ended by ${exit.signal}`
      : exit.code !== undefined
        ? `exited with code ${exit.code}`
        : "could not be started";
  const said = tail.length > 0 ? `: ${tail.slice(-3).join(" | ")}` : "";
  const commandLine = redact([options.command, ...options.args].join(" "));
  return new StreamError("process-failed", `${options.command} ${how}${said}`, {
    details: { commandLine, stderr: tail, code: exit.code, signal: exit.signal },
  });
}
