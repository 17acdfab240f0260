import type { Percentiles } from "../lib/index.js";

/** Percentiles to a hundredth of a millisecond; more would be noise. */
export function rounded(percentiles: Percentiles | null): Percentiles | null {
  if (!percentiles) return null;
  const { p50, p95, max } = percentiles;
  return { p50: round(p50), p95: round(p95), max: round(max) };
}

/** Percentiles in words; `unknown` where there are none. */
export function describePercentiles(percentiles: Percentiles | null): string {
  if (!percentiles) return "unknown";
  const { p50, p95, max } = percentiles;
  return `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, max ${max.toFixed(1)} ms`;
}

/** To two decimals. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
