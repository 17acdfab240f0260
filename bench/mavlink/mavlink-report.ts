import { type Goal, goalLines } from "../report/goal.js";
import { markdownTable } from "../report/markdown-table.js";

/** One parser's figures. */
export interface MavlinkRow {
  name: string;
  how: string;
  /** Found in one pass through the capture. */
  messages: number;
  /** One each round. */
  messagesPerSecond: number[];
}

const LEAST_RATIO = 5;

/** The results as a chapter of docs/benchmarks.md; the first row is ours. */
export function mavlinkReport(machine: string, rows: readonly MavlinkRow[]): string {
  const lines = rows.map(({ name, how, messages, messagesPerSecond }) => {
    const median = medianOf(messagesPerSecond);
    const worst = Math.min(...messagesPerSecond);
    return [name, thousands(median), thousands(worst), (1e6 / median).toFixed(2), String(messages), how];
  });
  const headings = ["parser", "messages a second, median", "worst round", "µs a message", "messages found", "how"];
  return [machine, markdownTable(headings, lines), `**What was promised**\n\n${goalLines([goal(rows)])}`].join("\n\n");
}

function goal([ours, theirs]: readonly MavlinkRow[]): Goal {
  const ratio = medianOf(ours?.messagesPerSecond ?? []) / medianOf(theirs?.messagesPerSecond ?? []);
  const promise = `at least ${LEAST_RATIO} times the messages a second of node-mavlink`;
  return { promise, measured: `${ratio.toFixed(1)} times`, met: ratio >= LEAST_RATIO };
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function thousands(value: number): string {
  return (Math.round(value / 1000) * 1000).toLocaleString("en-US");
}
