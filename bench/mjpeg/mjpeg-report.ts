import type { Size } from "../clip/make-clip.js";
import { goalLines } from "../report/goal.js";
import { markdownTable } from "../report/markdown-table.js";
import type { ClientsResult } from "./measure-clients.js";
import type { LossResult } from "./measure-loss.js";
import type { MjpegRow } from "./measure-mjpeg-receivers.js";
import { clientsGoals, lossGoals, mjpegLatencyGoals, share } from "./mjpeg-goals.js";

/** Everything that one run measured. */
export interface MjpegResults {
  machine: string;
  seconds: number;
  sizes: { size: Size; pictureKb: number; rows: MjpegRow[] }[];
  loss: LossResult | undefined;
  clients: ClientsResult | undefined;
  /** Why not everything was measured; undefined where all was. */
  problem: string | undefined;
}

/** The results as a chapter of docs/benchmarks.md. */
export function mjpegReport({ machine, seconds, sizes, loss, clients, problem }: MjpegResults): string {
  const goals = [
    ...sizes.flatMap(mjpegLatencyGoals),
    ...(loss ? lossGoals(loss) : []),
    ...(clients ? clientsGoals(clients) : []),
  ];
  return [
    machine,
    ...(problem === undefined ? [] : [`**Not everything was measured:** ${problem}`]),
    ...sizes.map((measured) => receiverTable(measured, seconds)),
    ...(loss ? [lossTable(loss)] : []),
    ...(clients ? [clientsTable(clients)] : []),
    ...(goals.length > 0 ? [`**What was promised**\n\n${goalLines(goals)}`] : []),
  ].join("\n\n");
}

function receiverTable({ size, pictureKb, rows }: MjpegResults["sizes"][number], seconds: number): string {
  const { width, height } = size;
  const title = `**${width}x${height}, 30 fps, ${pictureKb} kB a picture, ${seconds} s each; milliseconds**`;
  const lines = rows.map(({ contender: { name, how }, result }) => {
    if ("failure" in result) return [name, `missing: ${result.failure.replaceAll("|", "/")}`, "", "", "", "", how];
    const { p50, p95, max, firstFrameMs, frames, sent } = result;
    const figures = [p50, p95, max].map((value) => value.toFixed(1));
    return [name, ...figures, firstFrameMs.toFixed(0), `${frames} of ${sent}`, how];
  });
  return `${title}\n\n${markdownTable(["receiver", "p50", "p95", "max", "first frame", "frames", "how"], lines)}`;
}

function lossTable({ lossPercent, expectedShare, ...counts }: LossResult): string {
  const { sent, whole, withoutStart, delivered, wrong } = counts;
  const headings = ["sent", "whole", "whole but for the announcement", "delivered", "wrong", "whole by chance alone"];
  const row = [...[sent, whole, withoutStart, delivered, wrong].map(String), share(expectedShare)];
  return `**${lossPercent} % of the datagrams lost, 640x480, 30 fps; pictures**\n\n${markdownTable(headings, [row])}`;
}

function clientsTable({ clients, fps, pictures, missing, processor, drainProcessor }: ClientsResult): string {
  const headings = ["pictures to each", "missing, all together", "server, share of a core", "clients, share of a core"];
  const row = [String(pictures), String(missing), share(processor), share(drainProcessor)];
  return `**${clients} clients, 640x480, ${fps} fps, as pickles**\n\n${markdownTable(headings, [row])}`;
}
