import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { monotonicMs } from "../monotonic.js";
import { processTimeMs } from "../processes/process-time.js";
import { script } from "../processes/receiver-commands.js";
import { startMjpegSender } from "../processes/start-mjpeg-sender.js";

/** The server's core and the clients'. */
const CORE = { server: 0, clients: 1 } as const;
const CLIENTS = 20;
const FPS = 40;

/** How one process served many clients of chunked UDP. */
export interface ClientsResult {
  clients: number;
  fps: number;
  /** What every client should have got meanwhile. */
  pictures: number;
  /** Of these, how many did not come whole; all clients together. */
  missing: number;
  /** What the server needed of its core, and all clients together of theirs; from 0 to 1. */
  processor: number;
  drainProcessor: number;
}

/** Serves a clip to many clients as they are in the field for a while; needs `taskset`. */
export async function measureClients(clip: string, given: { python: string; seconds: number }): Promise<ClientsResult> {
  const outputs = [`chunked-udp://127.0.0.1:0?maxClientsPerAddress=${CLIENTS}&maxMbps=1000`];
  const sender = await startMjpegSender(clip, { fps: FPS, outputs, core: CORE.server });
  try {
    return await drain(sender, given);
  } finally {
    await sender.kill();
  }
}

/** Runs the clients, and reads the server's processor time when they say that they begin and end. */
async function drain(
  { urls, pid }: { urls: string[]; pid: number },
  { python, seconds }: { python: string; seconds: number },
): Promise<ClientsResult> {
  const numbers = [new URL(urls[0] as string).port, CLIENTS, seconds, FPS].map(String);
  const { command, args } = script(python, "chunked_udp_drain", "127.0.0.1", ...numbers);
  const child = spawn("taskset", ["-c", String(CORE.clients), command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
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
    else return { clients: CLIENTS, fps: FPS, processor, ...(JSON.parse(line) as Drained) };
  }
  throw new Error(said.trim().split("\n").at(-1) || "the clients said nothing");
}

type Drained = Pick<ClientsResult, "pictures" | "missing" | "drainProcessor">;
