import { ownReceiver, startReceiver } from "../processes/start-receiver.js";
import type { SenderHandle } from "../processes/start-sender.js";

const SECONDS = 6;
const CONSUMERS = {
  keen: "listener that releases each frame",
  keeping: "listener that leaves frames to the garbage collector",
} as const;

/** What a frame costs when they come at their time, milliseconds of processor time. */
export interface PacedRow {
  how: string;
  nodeMs: number;
  decoderMs: number | undefined;
  frames: number;
}

/** Receives for a while, once with each consumer, the one that releases its frames first. */
export async function measurePaced({ url }: SenderHandle): Promise<PacedRow[]> {
  const rows: PacedRow[] = [];
  for (const consumer of ["keen", "keeping"] as const) {
    const { own } = await startReceiver(ownReceiver({ url, seconds: SECONDS, consumer }), SECONDS).report;
    if (!own || own.processorMs.frames === 0) continue;
    const { node, decoder, frames } = own.processorMs;
    const decoderMs = decoder === undefined ? undefined : decoder / frames;
    rows.push({ how: CONSUMERS[consumer], nodeMs: node / frames, decoderMs, frames });
  }
  return rows;
}
