const STEP_DEG = 10;
const LABEL_STEP_DEG = 30;
const LETTERS: Readonly<Record<number, string>> = { 0: "N", 90: "E", 180: "S", 270: "W" };

/** One mark on a compass. */
export interface CompassMark {
  /** What it stands for, 0 to 350. */
  bearingDeg: number;
  /** Where it is from the middle, in radii: x to the right, y down. */
  x: number;
  y: number;
  /** A letter, tens of degrees, or nothing. */
  label: string;
  isCardinal: boolean;
}

/** The marks of a compass that shows the heading at its top, so what is ahead is up. */
export function compassMarks(headingDeg: number): CompassMark[] {
  return Array.from({ length: 360 / STEP_DEG }, (_, index) => {
    const bearingDeg = index * STEP_DEG;
    const angle = ((bearingDeg - headingDeg) * Math.PI) / 180;
    const letter = LETTERS[bearingDeg];
    const label = letter ?? (bearingDeg % LABEL_STEP_DEG === 0 ? `${bearingDeg / 10}` : "");
    return { bearingDeg, x: Math.sin(angle), y: -Math.cos(angle), label, isCardinal: letter !== undefined };
  });
}
