import type { Size } from "../clip/make-clip.js";
import { type Goal, goalLines } from "../report/goal.js";
import { markdownTable } from "../report/markdown-table.js";
import type { DecodeReport } from "./decode-report.js";
import type { PacedRow } from "./measure-paced.js";

/** One line of the table. */
export interface ThroughputRow {
  name: string;
  how: string;
  report: DecodeReport;
}

/** Everything that one run measured. */
export interface ThroughputResults {
  machine: string;
  size: Size;
  /** Pictures that each decoder is given. */
  pictures: number;
  rows: ThroughputRow[];
  paced: PacedRow[];
}

/** Names of the two rows that are compared. */
export const COMPARED = { ours: "glasslink", peer: "PyAV" } as const;

const LEAST_SHARE = 0.9;
const MOST_NODE_MS = 2;

/** The results as a chapter of docs/benchmarks.md. */
export function throughputReport({ machine, size, pictures, rows, paced }: ThroughputResults): string {
  const title = `**${size.width}x${size.height} to RGB, as fast as it goes, ${pictures} pictures each**`;
  return [
    machine,
    `${title}\n\n${table(rows)}`,
    `**The same, live: paced at 30 fps, over TCP, with \`Receiver\`**\n\n${pacedTable(paced)}`,
    `**What was promised**\n\n${goalLines(goals(rows, paced))}`,
  ].join("\n\n");
}

function table(rows: readonly ThroughputRow[]): string {
  const headings = ["decoder", "frames a second", "processor ms a frame", "of these in Node", "how"];
  const lines = rows.map(({ name, how, report }) => {
    if (report.failure) return [name, `missing: ${report.failure.replaceAll("|", "/")}`, "", "", how];
    const perFrame = (milliseconds: number | undefined): string =>
      milliseconds === undefined ? "" : (milliseconds / report.frames).toFixed(2);
    const figures = [fps(report).toFixed(0), perFrame(report.processorMs), perFrame(report.nodeMs)];
    return [name, ...figures, how];
  });
  return markdownTable(headings, lines);
}

function pacedTable(rows: readonly PacedRow[]): string {
  const lines = rows.map(({ how, nodeMs, decoderMs, frames }) => [
    how,
    nodeMs.toFixed(2),
    decoderMs?.toFixed(2) ?? "",
    String(frames),
  ]);
  return markdownTable(["consumer", "Node, ms a frame", "ffmpeg, ms a frame", "frames"], lines);
}

function goals(rows: readonly ThroughputRow[], paced: readonly PacedRow[]): Goal[] {
  const find = (wanted: string): DecodeReport | undefined =>
    rows.find(({ name, report }) => name === wanted && !report.failure)?.report;
  const [ours, peer] = [find(COMPARED.ours), find(COMPARED.peer)];
  const share = ours && peer ? fps(ours) / fps(peer) : undefined;
  const node = paced[0]?.nodeMs;
  return [
    {
      promise: `at least ${LEAST_SHARE} of the frames a second that PyAV gives`,
      measured: share?.toFixed(2),
      met: (share ?? 0) >= LEAST_SHARE,
    },
    {
      promise: `Node's own share, live, under ${MOST_NODE_MS} ms a frame`,
      measured: node === undefined ? undefined : `${node.toFixed(2)} ms`,
      met: (node ?? Number.POSITIVE_INFINITY) < MOST_NODE_MS,
    },
  ];
}

function fps({ frames, seconds }: DecodeReport): number {
  return frames / seconds;
}
