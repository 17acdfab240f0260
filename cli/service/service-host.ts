import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

/** systemd's, for services that set none. */
const SERVICE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** A Raspberry Pi Zero takes seconds to load Node.js. */
const TRY_TIMEOUT_MS = 60_000;

/** How a program ended, and what it said. */
export interface ProgramResult {
  /** Undefined when it could not be run. */
  code: number | undefined;
  stdout: string;
  stderr: string;
}

/** Who a program runs as. */
export interface Identity {
  uid: number;
  gid: number;
}

/** The machine that the service is installed on. */
export interface ServiceHost {
  /** Whether this process may change it. */
  readonly isRoot: boolean;
  /** Who called sudo, where somebody did. */
  readonly invoker?: string;
  /** Node.js and the command line's script, as the service runs them. */
  readonly program: readonly [string, string];
  /** Where a path of the machine really is: the same, but in tests. */
  path(absolute: string): string;
  /** Runs one of systemd's programs. */
  run(program: string, args: readonly string[]): Promise<ProgramResult>;
  /** Loads glasslink as that user; undefined when it could, else why not. */
  tryAs(identity: Identity): Promise<string | undefined>;
}

/** This machine. */
export function systemHost(root = "/"): ServiceHost {
  const { SUDO_USER } = process.env;
  const program = [process.execPath, fileURLToPath(new URL("../main.js", import.meta.url))] as const;
  return {
    isRoot: process.getuid?.() === 0,
    ...(SUDO_USER !== undefined && { invoker: SUDO_USER }),
    program,
    path: (absolute) => join(root, absolute),
    run: runProgram,
    tryAs: (identity) => tryProgram(program, identity),
  };
}

async function runProgram(program: string, args: readonly string[]): Promise<ProgramResult> {
  const result = await execa(program, args, { cwd: "/", reject: false });
  const stderr = result.exitCode === undefined ? String(result.shortMessage) : result.stderr;
  return { code: result.exitCode, stdout: result.stdout, stderr };
}

async function tryProgram([node, main]: readonly [string, string], identity: Identity): Promise<string | undefined> {
  const result = await execa(node, [main, "--version"], {
    ...identity,
    ...{ cwd: "/", env: { PATH: SERVICE_PATH }, extendEnv: false, reject: false, timeout: TRY_TIMEOUT_MS },
  });
  if (!result.failed) return undefined;
  return result.stderr.split("\n").find((line) => /error|denied/i.test(line)) ?? result.shortMessage;
}
