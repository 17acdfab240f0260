import { setTimeout as wait } from "node:timers/promises";
import { ownReceiver, startReceiver } from "../processes/start-receiver.js";
import { type SenderHandle, startSender } from "../processes/start-sender.js";

const DOWN_MS = [100, 400, 700, 1_000, 1_500];
/** Long enough for the receiver to count the stream as up again. */
const UP_MS = 1_500;

/** What came of killing the sender a few times. */
export interface ReconnectResult {
  /** From the new sender's accepting to the next frame, one for each time; milliseconds. */
  recoveryMs: number[];
  /** Process ids of the decoders that were used in all. */
  decoderPids: number[];
}

/** Kills and restarts a sender under a running receiver. `sender` is gone afterwards. */
export async function measureReconnect(clip: string, sender: SenderHandle): Promise<ReconnectResult> {
  const { url, port } = sender;
  const receiver = startReceiver(ownReceiver({ url, seconds: 60, consumer: "keen" }), 60);
  await wait(UP_MS + 1_000);
  const acceptingAtMs: number[] = [];
  let current = sender;
  for (const downMs of DOWN_MS) {
    await current.kill();
    await wait(downMs);
    current = await startSender(clip, { port });
    acceptingAtMs.push(current.acceptingAtMs);
    await wait(UP_MS);
  }
  receiver.stop();
  const { frames, own } = await receiver.report;
  await current.kill();
  const recoveryMs = acceptingAtMs.map((accepting) => {
    const next = frames.find(([, atMs]) => atMs > accepting);
    return next ? next[1] - accepting : Number.POSITIVE_INFINITY;
  });
  return { recoveryMs, decoderPids: [...new Set(own?.decoderPids)].filter((pid) => pid !== null) };
}
