const SMALLEST_MS = 10;
const STEPS = [1, 2, 5, 10];

/** A round number that is not less: 1, 2 or 5 times a power of ten, at least 10. */
export function graphScale(highestMs: number): number {
  if (!(highestMs > SMALLEST_MS)) return SMALLEST_MS;
  const power = 10 ** Math.floor(Math.log10(highestMs));
  return power * (STEPS.find((step) => step * power >= highestMs) ?? 10);
}
