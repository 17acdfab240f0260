import type { Size } from "../clip/make-clip.js";
import { BLOCK_MS, type ConsumerKind } from "../processes/consumers.js";
import type { OwnReport } from "../processes/receiver-report.js";
import { ownReceiver, startReceiver } from "../processes/start-receiver.js";
import type { SenderHandle } from "../processes/start-sender.js";
import { ages } from "./ages.js";

/** Consumers that take too long, and how they are called in the table. */
export const SLOW_CONSUMERS = {
  blocked: "listener; something blocks the event loop 500 ms every 2 s",
  "slow-loop": "`for await`, 200 ms of blocking work a frame",
  "slow-listener": "listener, 200 ms of blocking work a frame",
} as const satisfies Partial<Record<ConsumerKind, string>>;

/** How our receiver serves a consumer that takes too long. */
export interface ConsumerRow {
  size: Size;
  consumer: keyof typeof SLOW_CONSUMERS;
  blockMs: number;
  /** Of all frames handed out after the first second: the oldest, in milliseconds, less the block. */
  worstAgeBeyondBlockMs: number;
  /** Frames handed out, in all. */
  frames: number;
  stats: OwnReport["stats"];
  memory: OwnReport["memory"];
}

/** Runs our receiver with such a consumer. Undefined where it gave nothing. */
export async function measureConsumer(
  consumer: ConsumerRow["consumer"],
  sender: SenderHandle,
  { size, seconds }: { size: Size; seconds: number },
): Promise<ConsumerRow | undefined> {
  const { frames, own } = await startReceiver(ownReceiver({ url: sender.url, seconds, consumer }), seconds).report;
  const first = frames[0]?.[1];
  if (first === undefined || own === undefined) return undefined;
  const late = ages(frames, await sender.written()).filter(({ atMs }) => atMs > first + 1_000);
  const blockMs = BLOCK_MS[consumer];
  return {
    ...{ size, consumer, blockMs, stats: own.stats, memory: own.memory },
    worstAgeBeyondBlockMs: Math.max(0, ...late.map(({ ageMs }) => ageMs)) - blockMs,
    frames: frames.length,
  };
}
