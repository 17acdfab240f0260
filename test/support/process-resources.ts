import { readdir, readFile } from "node:fs/promises";
import { expect, vi } from "vitest";

/** What this process has. */
export interface ProcessResources {
  /** Files and sockets. */
  descriptors: number;
  threads: number;
  /** Of memory. */
  megabytes: number;
}

/** What this process has now; Linux only. */
export async function processResources(): Promise<ProcessResources> {
  const [descriptors, status] = await Promise.all([readdir("/proc/self/fd"), readFile("/proc/self/status", "utf8")]);
  const figure = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return { descriptors: descriptors.length, threads: figure("Threads"), megabytes: figure("VmRSS") / 1_024 };
}

/** Little more than before, as soon as what is being closed is gone. */
export async function expectNothingLeft(before: ProcessResources): Promise<void> {
  const look = async (): Promise<void> => {
    const after = await processResources();
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 4);
    expect(after.threads).toBeLessThanOrEqual(before.threads + 2);
    expect(after.megabytes).toBeLessThan(before.megabytes + 40);
  };
  await vi.waitFor(look, { timeout: 10_000 });
}
