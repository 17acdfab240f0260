import { setTimeout as wait } from "node:timers/promises";
import { Receiver, type ReceiverStats } from "../../lib/index.js";
import type { SenderHandle } from "../processes/start-sender.js";

const INTERVAL_MS = 10_000;
const MEGABYTE = 1024 * 1024;

/** A reading of this process's memory: minutes since the first frame, and megabytes. */
export interface Reading {
  minute: number;
  residentMb: number;
  /** Outside JavaScript's own heap: mostly frames. */
  externalMb: number;
}

/** Receives in this process for so many minutes and reads its memory every ten seconds. */
export async function measureMemory(
  { url }: SenderHandle,
  { minutes, release }: { minutes: number; release: boolean },
): Promise<{ readings: Reading[]; stats: ReceiverStats }> {
  const readings: Reading[] = [];
  await using receiver = new Receiver(url);
  receiver.on("frame", (frame) => {
    if (release) frame.release();
  });
  await receiver.read();
  const startedAtMs = performance.now();
  for (let read = 0; read <= (minutes * 60_000) / INTERVAL_MS; read++) {
    await wait(startedAtMs + read * INTERVAL_MS - performance.now());
    const { rss, external } = process.memoryUsage();
    const minute = (performance.now() - startedAtMs) / 60_000;
    readings.push({ minute, residentMb: rss / MEGABYTE, externalMb: external / MEGABYTE });
    console.log(`${minute.toFixed(1)} min: ${(rss / MEGABYTE).toFixed(1)} MB`);
  }
  return { readings, stats: receiver.stats() };
}
