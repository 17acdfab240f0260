import { execFile } from "node:child_process";
import { projectPath } from "../project-path.js";
import type { ConsumerKind } from "./consumers.js";
import type { ReceiverReport } from "./receiver-report.js";

/** How our own receiver is run. */
export interface ReceiverSettings {
  url: string;
  /** How long it goes on after its first frame; the first of these seconds is warm-up. */
  seconds: number;
  consumer: ConsumerKind;
}

/** A receiver in a process of its own. */
export interface ReceiverHandle {
  /** Never rejects. */
  report: Promise<ReceiverReport>;
  /** Ends ours before its time. */
  stop(): void;
}

/** A command that receives and writes a {@link ReceiverReport} as JSON at its end. */
export interface ReceiverCommand {
  command: string;
  args: string[];
}

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
const STARTING_MS = 25_000;

/** The command that runs our own receiver. */
export function ownReceiver(settings: ReceiverSettings): ReceiverCommand {
  return {
    command: process.execPath,
    args: [projectPath("dist/bench/processes/receiver.js"), JSON.stringify(settings)],
  };
}

/** Starts a receiver; it ends by itself `seconds` after its first frame. */
export function startReceiver({ command, args }: ReceiverCommand, seconds: number): ReceiverHandle {
  let stop = (): void => {};
  const report = new Promise<ReceiverReport>((resolve) => {
    const options = { timeout: STARTING_MS + seconds * 1000, maxBuffer: MOST_OUTPUT_BYTES };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      const report = parse(stdout);
      const said = stderr.trim().split("\n").at(-1);
      resolve(report ?? { startedAtMs: 0, frames: [], failure: said || error?.message || "it said nothing" });
    });
    stop = () => child.stdin?.end();
  });
  return { report, stop };
}

function parse(text: string): ReceiverReport | undefined {
  try {
    return JSON.parse(text) as ReceiverReport;
  } catch {
    return undefined;
  }
}
