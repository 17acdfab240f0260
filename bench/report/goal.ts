/** A figure that was promised, and what came out. */
export interface Goal {
  /** What is promised, with its limit. */
  promise: string;
  /** What was measured; undefined where it could not be. */
  measured: string | undefined;
  met: boolean;
}

/** A goal that holds up to and including `limit`, in milliseconds. */
export function atMost(promise: string, figure: number | undefined, limit: number): Goal {
  const measured = figure === undefined ? undefined : `${figure.toFixed(1)} ms`;
  return { promise, measured, met: figure !== undefined && figure <= limit };
}

/** One line a goal; a missed one stands out. */
export function goalLines(goals: readonly Goal[]): string {
  const line = ({ promise, measured, met }: Goal): string => {
    if (measured === undefined) return `- NOT MEASURED: ${promise}`;
    return `- ${met ? "met" : "**MISSED**"}: ${promise}: ${measured}`;
  };
  return goals.map(line).join("\n");
}
