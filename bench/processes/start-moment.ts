import { setTimeout as wait } from "node:timers/promises";
import { monotonicMs } from "../monotonic.js";
import type { ReceiverCommand } from "./start-receiver.js";

/** The environment variable by which a receiver's process, Python's too, is told when to begin. */
const VARIABLE = "BENCH_START_PHASE_MS";
const PERIOD_MS = 1_000;

/** Resolves when the monotonic clock next stands at so many milliseconds of a second. */
export async function untilPhase(phaseMs: number): Promise<void> {
  await wait((((phaseMs - monotonicMs()) % PERIOD_MS) + PERIOD_MS) % PERIOD_MS);
}

/** The same command, told to begin at such a moment. */
export function startingAt(phaseMs: number, { command, args }: ReceiverCommand): ReceiverCommand {
  return { command: "env", args: [`${VARIABLE}=${phaseMs}`, command, ...args] };
}

/** Resolves at the moment that this process was told; at once where it was told none. */
export async function startMoment(): Promise<void> {
  const told = process.env[VARIABLE];
  if (told !== undefined) await untilPhase(Number(told));
}
