import { Receiver } from "../../lib/index.js";
import { monotonicMs } from "../monotonic.js";
import { untilPhase } from "../processes/start-moment.js";
import { ownReceiver, startReceiver } from "../processes/start-receiver.js";

/** Spread over a group of pictures of a second: the later in it a client joins, the more it has to catch up with. */
const PHASES_MS = [0, 200, 400, 600, 800];
const LONGEST_WAIT_MS = 5_000;

/** A way of receiving a stream. */
export interface JoinCase {
  /** For the table. */
  name: string;
  url: string;
  /** Set where the first frame must not take longer. */
  limitMs?: number;
}

/** How long our receiver takes to its first frame; milliseconds, infinite where none came. */
export interface Joins extends JoinCase {
  /** From `new Receiver(url)` in a program that has run for a while, and has received before. */
  runningMs: number[];
  /** From `new Receiver(url)` in a program that was just started. */
  freshMs: number[];
  /** From the start of that program. */
  programMs: number[];
}

/** Joins a running stream several times, here and in fresh processes. */
export async function measureJoins(join: JoinCase): Promise<Joins> {
  const { url } = join;
  const joins: Joins = { ...join, runningMs: [], freshMs: [], programMs: [] };
  await joinHere(url);
  for (const phaseMs of PHASES_MS) {
    await untilPhase(phaseMs);
    joins.runningMs.push(await joinHere(url));
  }
  for (const phaseMs of PHASES_MS) {
    await untilPhase(phaseMs);
    const spawnedAtMs = monotonicMs();
    const { frames, startedAtMs } = await startReceiver(ownReceiver({ url, seconds: 0, consumer: "keen" }), 0).report;
    const firstMs = frames[0]?.[1] ?? Number.POSITIVE_INFINITY;
    joins.freshMs.push(firstMs - startedAtMs);
    joins.programMs.push(firstMs - spawnedAtMs);
  }
  return joins;
}

async function joinHere(url: string): Promise<number> {
  const startedAtMs = monotonicMs();
  await using receiver = new Receiver(url);
  const frame = await receiver.read({ signal: AbortSignal.timeout(LONGEST_WAIT_MS) }).catch(() => undefined);
  return frame ? monotonicMs() - startedAtMs : Number.POSITIVE_INFINITY;
}
