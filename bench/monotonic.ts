/**
 * Milliseconds of the machine's monotonic clock. On Linux every process reads the same one, Python's
 * `time.monotonic()` too, so that times of different processes can be subtracted.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
