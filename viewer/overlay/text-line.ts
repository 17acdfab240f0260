/** How a line stands out: plain, unimportant, to be noticed, dangerous. */
export type Tone = "plain" | "dim" | "notice" | "danger";

/** One line of an overlay. */
export interface TextLine {
  /** What it is; empty where the value says so. */
  label: string;
  value: string;
  tone: Tone;
}

/** Stands for what is not known. */
export const UNKNOWN = "—";

/** A line; what is null is shown as unknown. */
export function textLine(label: string, value: string | null, tone: Tone = "plain"): TextLine {
  return { label, value: value ?? UNKNOWN, tone: value === null ? "dim" : tone };
}

/** A number with its unit, as in `12.3 m/s`; null where it is not known. */
export function quantity(value: number | null | undefined, unit: string, digits = 1): string | null {
  if (value === null || value === undefined || !Number.isFinite(value)) return null;
  // No "-0.0", which looks like a movement.
  const text = value.toFixed(digits).replace(/^-(?=[0.]*$)/, "");
  return unit === "°" ? `${text}°` : `${text} ${unit}`;
}
