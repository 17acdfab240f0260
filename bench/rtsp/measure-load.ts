import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { monotonicMs } from "../monotonic.js";
import { processTimeMs } from "../processes/process-time.js";
import { script } from "../processes/receiver-commands.js";
import { LOAD_SERVERS } from "./load-servers.js";

/** The one core of the clients; the servers have another. */
const CORE = 1;

/** Clients that only take what they get, all of one transport. */
export interface LoadCase {
  server: keyof typeof LOAD_SERVERS;
  transport: "tcp" | "udp";
  clients: number;
}

/** What the clients tell; see bench/peers/rtsp_drain.py. Milliseconds are those beyond the quickest packet of all. */
export interface DrainReport {
  /** What every client should have got meanwhile. */
  pictures: number;
  /** Of these, how many did not come, or not whole; all clients together. */
  missing: number;
  /** Pictures that came more than 250 ms late. */
  late: number;
  p50: number;
  p99: number;
  max: number;
  /** What all clients together needed of their core, from 0 to 1. */
  drainProcessor: number;
}

/** One line of the table. */
export interface LoadRow extends LoadCase {
  /** `processor`: what the server needed of its core, from 0 to 1. */
  result: (DrainReport & { processor: number }) | { failure: string };
}

/** What every server is measured with. */
export interface LoadOptions {
  clip: string;
  python: string;
  seconds: number;
}

/** Serves a clip to so many clients for a while. */
export async function measureLoad(
  { server, transport, clients }: LoadCase,
  { clip, python, seconds }: LoadOptions,
): Promise<LoadRow> {
  const row = { server, transport, clients };
  try {
    const running = await LOAD_SERVERS[server](clip, python);
    try {
      const drain = script(python, "rtsp_drain", running.url, transport, String(clients), String(seconds));
      return { ...row, result: await watch(drain, running.pid) };
    } finally {
      await running.kill();
    }
  } catch (error) {
    return { ...row, result: { failure: (error as Error).message } };
  }
}

/** Runs the clients, and reads the server's processor time when they say that they begin and end. */
async function watch(
  { command, args }: { command: string; args: string[] },
  pid: number,
): Promise<DrainReport & { processor: number }> {
  const child = spawn("taskset", ["-c", String(CORE), command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said = `${said}${text}`.slice(-2_000);
  });
  const reading = (): { atMs: number; usedMs: number } => ({ atMs: monotonicMs(), usedMs: processTimeMs(pid) ?? 0 });
  let begin = reading();
  let processor = Number.NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    const now = reading();
    if (line === "begin") begin = now;
    else if (line === "end") processor = (now.usedMs - begin.usedMs) / (now.atMs - begin.atMs);
    else return { ...(JSON.parse(line) as DrainReport), processor };
  }
  throw new Error(said.trim().split("\n").at(-1) || "the clients said nothing");
}
