import type { Size } from "../clip/make-clip.js";
import { clipBitrate } from "../clip/make-clip.js";
import { goalLines } from "../report/goal.js";
import { markdownTable } from "../report/markdown-table.js";
import { consumerGoals, firstFrameGoal, latencyGoals, reconnectGoals } from "./latency-goals.js";
import { type ConsumerRow, SLOW_CONSUMERS } from "./measure-consumer.js";
import type { FirstFrames } from "./measure-first-frames.js";
import type { LatencyRow } from "./measure-receiver.js";
import type { ReconnectResult } from "./measure-reconnect.js";

/** Every receiver at one size. */
export interface SizeResult {
  size: Size;
  rows: LatencyRow[];
}

/** Everything that one run measured. */
export interface LatencyResults {
  machine: string;
  seconds: number;
  sizes: SizeResult[];
  firstFrames: FirstFrames[];
  reconnect: ReconnectResult | undefined;
  consumers: ConsumerRow[];
}

/** The results as a chapter of docs/benchmarks.md. */
export function latencyReport({ machine, seconds, sizes, firstFrames, reconnect, consumers }: LatencyResults): string {
  const goals = [
    ...sizes.flatMap(latencyGoals),
    ...firstFrames.map(firstFrameGoal),
    ...(reconnect ? reconnectGoals(reconnect) : []),
  ];
  return [
    machine,
    ...sizes.map(({ size, rows }) => latencyTable(size, rows, seconds)),
    ...(firstFrames.length > 0 ? [firstFrameTable(firstFrames)] : []),
    ...(reconnect ? [reconnectTable(reconnect)] : []),
    ...(consumers.length > 0 ? [consumerTable(consumers)] : []),
    `**What was promised**\n\n${goalLines([...goals, ...consumerGoals(consumers)])}`,
  ].join("\n\n");
}

function latencyTable({ width, height }: Size, rows: readonly LatencyRow[], seconds: number): string {
  const rate = clipBitrate({ width, height }) / 1e6;
  const title = `**${width}x${height}, 30 fps, ${rate} Mbit/s, ${seconds} s each; milliseconds**`;
  const lines = rows.map(({ contender: { name, how }, result }) => {
    if ("failure" in result) return [name, `missing: ${result.failure.replaceAll("|", "/")}`, "", "", "", "", how];
    const { p50, p95, max, firstFrameMs, frames, sent } = result;
    const figures = [p50, p95, max].map((value) => value.toFixed(1));
    return [name, ...figures, firstFrameMs.toFixed(0), `${frames} of ${sent}`, how];
  });
  return `${title}\n\n${markdownTable(["receiver", "p50", "p95", "max", "first frame", "frames", "how"], lines)}`;
}

function firstFrameTable(rows: readonly FirstFrames[]): string {
  const lines = rows.map(({ size, firstFrameMs }) => [
    `${size.width}x${size.height}`,
    firstFrameMs.map((value) => value.toFixed(0)).join(", "),
  ]);
  const headings = ["size", "from `new Receiver(url)` to its first frame, ms"];
  return `**First frames, each of a fresh process**\n\n${markdownTable(headings, lines)}`;
}

function reconnectTable({ recoveryMs, decoderPids }: ReconnectResult): string {
  const times = recoveryMs.map((value) => value.toFixed(0)).join(", ");
  const row = [times, decoderPids.length === 1 ? "the same" : `${decoderPids.length} different ones`];
  const headings = ["from the sender's accepting again to the next frame, ms", "decoder process"];
  return `**Sender killed and started again, ${recoveryMs.length} times**\n\n${markdownTable(headings, [row])}`;
}

function consumerTable(rows: readonly ConsumerRow[]): string {
  const headings = ["size", "consumer", "oldest frame, less the block, ms", "pictures came", "handed out", "dropped"];
  const lines = rows.map(({ size, consumer, worstAgeBeyondBlockMs, frames, stats, memory }) => [
    `${size.width}x${size.height}`,
    SLOW_CONSUMERS[consumer],
    worstAgeBeyondBlockMs.toFixed(0),
    ...[stats.units, frames, stats.dropped].map(String),
    [memory.first, memory.most, memory.last].map((value) => value.toFixed(0)).join(", "),
  ]);
  const memory = "memory at first, most, at last, MB";
  return `**Consumers that take too long**\n\n${markdownTable([...headings, memory], lines)}`;
}
