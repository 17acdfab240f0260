import type { LatencyRow } from "../latency/measure-receiver.js";
import { goalLines } from "../report/goal.js";
import { markdownTable } from "../report/markdown-table.js";
import { cameraGoals, returnGoals } from "./gateway-goals.js";
import type { GatewayRow } from "./measure-cameras.js";
import type { ReturnRow } from "./measure-returns.js";

/** Everything that one run measured. */
export interface GatewayResults {
  machine: string;
  seconds: number;
  cameras: GatewayRow[];
  /** Others with the same stream. */
  others: LatencyRow[];
  returns: ReturnRow[];
  /** Why not everything was measured; undefined where all was. */
  problem: string | undefined;
}

const STREAM = "640x480, 30 fps, 2 Mbit/s";

/** The results as a chapter of docs/benchmarks.md. */
export function gatewayReport({ machine, seconds, cameras, others, returns, problem }: GatewayResults): string {
  const goals = [...cameraGoals(cameras), ...returnGoals(returns)];
  return [
    machine,
    ...(problem === undefined ? [] : [`**Not everything was measured:** ${problem}`]),
    ...(cameras.length > 0 ? [cameraTable(cameras, seconds)] : []),
    ...(others.length > 0 ? [otherTable(others, seconds)] : []),
    ...(returns.length > 0 ? [returnTable(returns)] : []),
    ...(goals.length > 0 ? [`**What was promised**\n\n${goalLines(goals)}`] : []),
  ].join("\n\n");
}

function cameraTable(rows: readonly GatewayRow[], seconds: number): string {
  const processor = ["gateway", "decoder", "sender"].map((part) => `${part}, ms a second and camera`);
  const headings = ["cameras", "p50", "p95", "max", "offer to first frame", "slowest, fps", "lost", ...processor];
  const lines = rows.map(({ case: { name }, result }) => {
    if ("failure" in result) return [name, `missing: ${result.failure}`, ...Array<string>(8).fill("")];
    const { p50, p95, max, firstFrameMs, fps, lost, sent } = result;
    const { gateway, decoders, sender } = result.processor;
    const delays = [p50, p95, max].map((value) => value.toFixed(1));
    const times = [gateway, decoders, sender].map((value) => value.toFixed(0));
    return [name, ...delays, firstFrameMs.toFixed(0), fps.toFixed(1), `${lost} of ${sent}`, ...times];
  });
  const title = `**From a camera's picture to its pixels in the gateway, ${STREAM}, ${seconds} s each; milliseconds**`;
  return `${title}\n\n${markdownTable(headings, lines)}`;
}

function otherTable(rows: readonly LatencyRow[], seconds: number): string {
  const lines = rows.map(({ contender: { name, how }, result }) => {
    if ("failure" in result) return [name, `missing: ${result.failure}`, "", "", "", how];
    const { p50, p95, max, frames, sent } = result;
    return [name, ...[p50, p95, max].map((value) => value.toFixed(1)), `${frames} of ${sent}`, how];
  });
  const headings = ["to compare with", "p50", "p95", "max", "frames", "how"];
  return `**The same stream, ${seconds} s each; milliseconds**\n\n${markdownTable(headings, lines)}`;
}

function returnTable(rows: readonly ReturnRow[]): string {
  const lines = rows.map(({ what, backMs }) => [what, backMs.toFixed(0)]);
  return `**From a thing's return to the next frame**\n\n${markdownTable(["what was away", "ms"], lines)}`;
}
