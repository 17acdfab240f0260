import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { StreamError } from "./errors.js";
import { redact } from "./redact.js";

const STDERR_LINES = 200;
const LONGEST_LINE = 2_000;
const GRACE_MS = 500;
/** Lines in which ffmpeg tells what it does, not what went wrong. */
const DESCRIPTION = /^(\s|Input #|Output #|Stream mapping:|Press \[q\])/;

/** How a child process is started. */
export interface ChildProcessOptions {
  command: string;
  args: readonly string[];
  /** Ends the child when it aborts: SIGTERM, and SIGKILL after 500 ms. What it has not yet said is then lost. */
  signal: AbortSignal;
  /** A socket that becomes the child's stdout instead of a pipe; `stdout` of the result is then empty. */
  stdout?: Socket;
  /** How many file descriptors beyond stderr the child writes to us, as pipes. */
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
  /** @throws StreamError `unsupported` when a socket took its place. */
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
 *
 * Node's own `spawn` and not execa: only it can hand a socket of ours to the child as its stdout.
 */
export function startChildProcess(options: ChildProcessOptions): ChildProcess {
  const extraPipes = Array.from({ length: options.extraPipes ?? 0 }, () => "pipe" as const);
  const child = spawn(options.command, options.args, {
    stdio: ["pipe", options.stdout ?? "pipe", "pipe", ...extraPipes],
    windowsHide: true,
  });
  const tail: string[] = [];
  // A broken pipe is told by the exit that goes with it.
  for (const pipe of child.stdio) pipe?.on("error", () => {});
  collectLines(child.stdio[2] as Readable, (line) => {
    tail.push(redact(line));
    if (tail.length > STDERR_LINES) tail.shift();
    options.onStderrLine?.(line);
  });
  let asked = false;
  // Programs that it started may hold its pipes open after it is gone: they get a broken pipe, and `close` comes.
  const release = (): void => {
    if (!asked || (child.exitCode === null && child.signalCode === null)) return;
    for (const pipe of child.stdio) pipe?.destroy();
  };
  child.once("exit", release);
  const end = (how: NodeJS.Signals): void => {
    asked = true;
    child.kill(how);
    release();
  };
  const kill = (): void => end("SIGKILL");
  const exited = new Promise<ChildExit>((resolve) => {
    child.once("error", (error) => {
      tail.push(redact(error.message));
      if (child.pid === undefined) resolve({ code: undefined, signal: undefined });
    });
    child.once("close", (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  endOnAbort(options.signal, { terminate: () => end("SIGTERM"), kill, exited });
  return {
    pid: child.pid,
    stdin: child.stdio[0] as Writable,
    get stdout(): Readable {
      if (child.stdout) return child.stdout;
      throw new StreamError("unsupported", `stdout of ${options.command} goes to a socket`);
    },
    extra: child.stdio.slice(3) as Readable[],
    exited,
    stderrTail: (lines = STDERR_LINES) => tail.slice(-lines),
    failure: (exit) => describeFailure(options, exit, tail.slice(-8)),
    kill,
  };
}

function endOnAbort(
  signal: AbortSignal,
  child: { terminate: () => void; kill: () => void; exited: Promise<ChildExit> },
): void {
  let graceTimer: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.terminate();
    graceTimer = setTimeout(child.kill, GRACE_MS);
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  void child.exited.then(() => {
    clearTimeout(graceTimer);
    signal.removeEventListener("abort", end);
  });
}

function collectLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = (lines.pop() ?? "").slice(0, LONGEST_LINE);
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
  const said = tail.filter((line) => !DESCRIPTION.test(line));
  const lastWords = said.length > 0 ? `: ${said.slice(-3).join(" | ")}` : "";
  const commandLine = redact([options.command, ...options.args].join(" "));
  return new StreamError("process-failed", `${options.command} ${how}${lastWords}`, {
    details: { commandLine, stderr: tail, code: exit.code, signal: exit.signal },
  });
}
