import { clipBitrate, type Size } from "../clip/make-clip.js";
import { goalLines } from "../report/goal.js";
import { markdownTable } from "../report/markdown-table.js";
import type { FirstPictures } from "./measure-first-pictures.js";
import type { PaintingRow } from "./measure-painting.js";
import type { TelemetryResult } from "./measure-telemetry.js";
import type { ViewerRow } from "./measure-viewers.js";
import { firstPictureGoals, paintingGoals, telemetryGoals, viewerGoals } from "./web-goals.js";

/** Everything that one run measured. */
export interface WebResults {
  machine: string;
  /** Name and version. */
  browser: string;
  size: Size;
  seconds: number;
  painting: PaintingRow[];
  firstPictures: FirstPictures[];
  /** Undefined where it was not measured. */
  telemetry: TelemetryResult | undefined;
  viewers: ViewerRow[];
  /** Why not everything was measured; undefined where all was. */
  problem: string | undefined;
}

/** The results as a chapter of docs/benchmarks.md. */
export function webReport(results: WebResults): string {
  const { machine, browser, size, seconds, painting, firstPictures, telemetry, viewers, problem } = results;
  const stream = `${size.width}x${size.height}, 30 fps, ${clipBitrate(size) / 1e6} Mbit/s`;
  const goals = [
    ...paintingGoals(painting),
    ...firstPictureGoals(firstPictures),
    ...telemetryGoals(telemetry),
    ...viewerGoals(viewers),
  ];
  return [
    `${machine}  \n${browser}.`,
    ...(problem === undefined ? [] : [`**Not everything was measured:** ${problem}`]),
    ...(painting.length > 0 ? [paintingTable(`**${stream}, ${seconds} s each; milliseconds**`, painting)] : []),
    ...(firstPictures.length > 0 ? [firstPictureTable(firstPictures)] : []),
    ...(telemetry ? [telemetryTable(telemetry)] : []),
    ...(viewers.length > 0 ? [viewerTable(stream, viewers)] : []),
    ...(goals.length > 0 ? [`**What was promised**\n\n${goalLines(goals)}`] : []),
  ].join("\n\n");
}

function paintingTable(title: string, rows: readonly PaintingRow[]): string {
  const frame = ["p50 to the screen's frame", "p95", "max"];
  const headings = ["transport", "p50 drawn", "p95", "max", ...frame, "clocks", "pictures"];
  const lines = rows.map(({ name, result }) => {
    if ("failure" in result) return [name, missing(result.failure), ...Array<string>(7).fill("")];
    const { drawn, frame, uncertaintyMs, pictures, sent } = result;
    const figures = [drawn, frame].flatMap(({ p50, p95, max }) => [p50, p95, max].map((value) => value.toFixed(1)));
    return [name, ...figures, `± ${uncertaintyMs.toFixed(1)}`, `${pictures} of ${sent}`];
  });
  return `${title}\n\n${markdownTable(headings, lines)}`;
}

function firstPictureTable(rows: readonly FirstPictures[]): string {
  const lines = rows.map(({ transport, result }) => [
    transport,
    "failure" in result ? missing(result.failure) : result.map((value) => value.toFixed(0)).join(", "),
  ]);
  const headings = ["transport", "from the beginning of the navigation to a picture on the page, ms"];
  return `**First pictures, nothing cached**\n\n${markdownTable(headings, lines)}`;
}

function telemetryTable(result: TelemetryResult): string {
  const headings = ["p50", "p95", "max", "clocks", "messages"];
  const cells = (): string[] => {
    if ("failure" in result) return [missing(result.failure), "", "", "", ""];
    const { p50, p95, max, uncertaintyMs, sent, came } = result;
    const figures = [p50, p95, max].map((value) => value.toFixed(1));
    return [...figures, `± ${uncertaintyMs.toFixed(1)}`, `${came} of ${sent}`];
  };
  const title = "**From a MAVLink datagram's sending to the `message` event in the page, ms**";
  return `${title}\n\n${markdownTable(headings, [cells()])}`;
}

function viewerTable(stream: string, rows: readonly ViewerRow[]): string {
  const headings = ["viewers", "Mbit/s each", "server, of one core", "ms a second and viewer", "viewers, of one core"];
  const more = ["missing", "late", "p50", "p99", "max"];
  const lines = rows.map(({ transport, viewers, result }) => {
    const first = `${viewers}, ${transport}`;
    if ("failure" in result) return [first, missing(result.failure), ...Array<string>(8).fill("")];
    const { processor, drainProcessor, bytesPerSecond, pictures, late, p50, p99, max } = result;
    return [
      first,
      ((bytesPerSecond * 8) / 1e6).toFixed(1),
      `${(processor * 100).toFixed(1)} %`,
      ((processor * 1000) / viewers).toFixed(2),
      `${(drainProcessor * 100).toFixed(0)} %`,
      `${result.missing} of ${pictures * viewers}`,
      String(late),
      ...[p50, p99, max].map((value) => value.toFixed(1)),
    ];
  });
  return `**Many viewers, ${stream}; milliseconds late**\n\n${markdownTable([...headings, ...more], lines)}`;
}

function missing(failure: string): string {
  return `missing: ${failure.replaceAll("|", "/")}`;
}
