const FIRST_MS = 250;
const LONGEST_MS = 4_000;
const JITTER = 0.25;

/**
 * How long to wait before the next try, in milliseconds: twice as long after each failure, up to 4 s and a quarter more
 * by chance, so that many pages do not come back at the same moment.
 * @param failures in a row, at least 1
 * @param chance 0 to 1
 */
export function retryDelayMs(failures: number, chance = Math.random()): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS) * (1 + JITTER * chance);
}
