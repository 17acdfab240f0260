import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { vi } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** How a command is run. */
export interface RunCliOptions {
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Whether it leads a process group of its own. */
  group?: boolean;
}

/** How a command ended. */
export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command under way. */
export interface RunningCli extends AsyncDisposable {
  readonly process: ChildProcess;
  /** What it wrote to stdout up to now. */
  output(): string;
  /** Resolves when it has ended and its pipes are closed. */
  readonly ended: Promise<CliResult>;
  /** Waits until stdout has a line like this. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts the built command `glasslink` with such arguments, its output piped. */
export function startCli(args: readonly string[], options: RunCliOptions = {}): RunningCli {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    detached: options.group ?? false,
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr }) as CliResult);
  return {
    process: child,
    output: () => stdout,
    ended,
    says: (pattern) =>
      vi.waitFor(
        () => {
          const match = pattern.exec(stdout);
          if (!match) throw new Error(`no ${pattern} in: ${stdout}${stderr}`);
          return match;
        },
        { timeout: 25_000, interval: 20 },
      ),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs a command to its end. */
export async function runCli(args: readonly string[], options: RunCliOptions = {}): Promise<CliResult> {
  await using cli = startCli(args, options);
  return await cli.ended;
}

/** Process ids of a process's children, and of theirs. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  // The list grows while it is walked.
  for (const parent of found) for (const [child, of] of rows) if (of === parent && child) found.push(child);
  return found.slice(1);
}
