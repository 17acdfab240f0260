import { readFileSync } from "node:fs";

/** Linux counts processor time for users of /proc in hundredths of a second, whatever the kernel does inside. */
const TICK_MS = 10;
const FIELDS = { own: 11, children: 13 } as const;

/**
 * Processor time, user and system together, in milliseconds: of a process with all its threads, or of its children
 * that have ended. Undefined where there is no /proc.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function processTimeMs(pid: number | "self", whose: keyof typeof FIELDS = "own"): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The program's name stands in parentheses and may hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const first = FIELDS[whose];
    return (Number(fields[first]) + Number(fields[first + 1])) * TICK_MS;
  } catch {
    return undefined;
  }
}
