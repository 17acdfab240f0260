import { clipBitrate, type Size } from "../clip/make-clip.js";
import type { LatencyRow } from "../latency/measure-receiver.js";
import { goalLines } from "../report/goal.js";
import { markdownTable } from "../report/markdown-table.js";
import type { Joins } from "./measure-joins.js";
import type { LoadRow } from "./measure-load.js";
import type { RtspRow } from "./measure-rtsp-receiver.js";
import { joinGoals, loadGoals, receiverGoals } from "./rtsp-goals.js";

/** Everything that one run measured. */
export interface RtspResults {
  machine: string;
  size: Size;
  seconds: number;
  receivers: RtspRow[];
  joins: Joins[];
  /** What ffmpeg alone takes to start, make one picture and end; milliseconds. */
  ffmpegMs: number | undefined;
  /** Players, each without and with `aud=1`. */
  players: { plain: LatencyRow; aud: LatencyRow }[];
  load: LoadRow[];
}

/** The results as a chapter of docs/benchmarks.md. */
export function rtspReport({ machine, size, seconds, receivers, joins, ffmpegMs, players, load }: RtspResults): string {
  const { width, height } = size;
  const stream = `${width}x${height}, 30 fps, ${clipBitrate(size) / 1e6} Mbit/s`;
  const goals = [...receiverGoals(receivers), ...joinGoals(joins), ...loadGoals(load)];
  return [
    machine,
    ...(receivers.length > 0 ? [receiverTable(`**${stream}, ${seconds} s each; milliseconds**`, receivers)] : []),
    ...(joins.length > 0 ? [joinTable(joins, ffmpegMs)] : []),
    ...(players.length > 0 ? [playerTable(players)] : []),
    ...(load.length > 0 ? [loadTable(stream, load)] : []),
    ...(goals.length > 0 ? [`**What was promised**\n\n${goalLines(goals)}`] : []),
  ].join("\n\n");
}

function receiverTable(title: string, rows: readonly RtspRow[]): string {
  const headings = ["receiver", "p50", "p95", "max", "first frame", "first frame at a keyframe", "frames", "how"];
  const lines = rows.map(({ contender: { name, how }, result, firstFrameMs }) => {
    if ("failure" in result) return [name, missing(result.failure), "", "", "", "", "", how];
    const { p50, p95, max, frames, sent } = result;
    const delays = [p50, p95, max].map((value) => value.toFixed(1));
    return [name, ...delays, whole(firstFrameMs.gop), whole(firstFrameMs.keyframe), `${frames} of ${sent}`, how];
  });
  return `${title}\n\n${markdownTable(headings, lines)}`;
}

function joinTable(joins: readonly Joins[], ffmpegMs: number | undefined): string {
  const headings = ["stream", "running program", "fresh program", "from the start of that program"];
  const lines = joins.map(({ name, runningMs, freshMs, programMs }) => [
    name,
    ...[runningMs, freshMs, programMs].map((times) => times.map(whole).join(", ")),
  ]);
  const yardstick = ffmpegMs === undefined ? "" : `\n\nffmpeg alone: ${whole(ffmpegMs)} ms.`;
  return `**From \`new Receiver(url)\` to its first frame, ms**\n\n${markdownTable(headings, lines)}${yardstick}`;
}

function playerTable(players: RtspResults["players"]): string {
  const headings = [
    "player",
    "p50",
    "p95",
    "first picture",
    "shown",
    "p50 with `aud=1`",
    "p95 with `aud=1`",
    "options",
  ];
  const lines = players.map(({ plain, aud }) => {
    const { name, how } = plain.contender;
    if ("failure" in plain.result) return [name, missing(plain.result.failure), "", "", "", "", "", how];
    const { p50, p95, firstFrameMs, frames, sent } = plain.result;
    const withAud = "failure" in aud.result ? [] : [aud.result.p50, aud.result.p95];
    const shown = `${frames} of ${sent}`;
    return [name, whole(p50), whole(p95), whole(firstFrameMs), shown, whole(withAud[0]), whole(withAud[1]), how];
  });
  return `**Players, to the picture on a screen; milliseconds**\n\n${markdownTable(headings, lines)}`;
}

function loadTable(stream: string, rows: readonly LoadRow[]): string {
  const headings = ["server", "clients", "its core", "ms a second and client", "clients' core"];
  const more = ["missing", "late", "p50", "p99", "max"];
  const lines = rows.map(({ server, transport, clients, result }) => {
    const first = [server, `${clients}, ${transport}`];
    if ("failure" in result) return [...first, missing(result.failure), ...Array<string>(7).fill("")];
    const { processor, drainProcessor, p50, p99, max, late, pictures } = result;
    return [
      ...first,
      `${(processor * 100).toFixed(1)} %`,
      ((processor * 1000) / clients).toFixed(2),
      `${(drainProcessor * 100).toFixed(0)} %`,
      `${result.missing} of ${pictures * clients}`,
      String(late),
      ...[p50, p99, max].map((value) => value.toFixed(1)),
    ];
  });
  return `**Many clients, ${stream} each; one core**\n\n${markdownTable([...headings, ...more], lines)}`;
}

function missing(failure: string): string {
  return `missing: ${failure.replaceAll("|", "/")}`;
}

function whole(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(0);
}
