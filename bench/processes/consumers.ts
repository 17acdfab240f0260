import type { Frame, Receiver } from "../../lib/index.js";

/** How the frames are consumed. */
export type ConsumerKind =
  /** By a listener that is done at once. */
  | "keen"
  /** Likewise, and frames are left to the garbage collector instead of being released. */
  | "keeping"
  /** By a listener, while something else blocks the event loop for 500 ms every 2 s. */
  | "blocked"
  /** By `for await`, with 200 ms of work a frame that blocks the event loop. */
  | "slow-loop"
  /** By a listener, with the same 200 ms a frame. */
  | "slow-listener";

/** For how long the event loop stands still at a time. */
export const BLOCK_MS: Readonly<Record<ConsumerKind, number>> = {
  keen: 0,
  keeping: 0,
  blocked: 500,
  "slow-loop": 200,
  "slow-listener": 200,
};
const BLOCK_EVERY_MS = 2_000;

/** Consumes frames until stopped; `onFrame` sees each before it is worked on. */
export function consume(
  receiver: Receiver,
  { consumer }: { consumer: ConsumerKind },
  onFrame: (frame: Frame) => void,
): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  if (consumer === "blocked") timer = setInterval(() => block(BLOCK_MS[consumer]), BLOCK_EVERY_MS);
  const work = (frame: Frame): void => {
    onFrame(frame);
    if (consumer.startsWith("slow")) block(BLOCK_MS[consumer]);
    if (consumer !== "keeping") frame.release();
  };
  if (consumer === "slow-loop") void loop(receiver, work);
  else receiver.on("frame", work);
  return {
    stop: () => {
      clearInterval(timer);
      receiver.off("frame", work);
    },
  };
}

async function loop(receiver: Receiver, work: (frame: Frame) => void): Promise<void> {
  for await (const frame of receiver) work(frame);
}

// The loop stands still as it does under heavy computing, but the processor is left to the others.
function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
