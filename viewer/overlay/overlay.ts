import type { VehicleTelemetry } from "../../lib/telemetry/telemetry-snapshot.js";
import type { LatencyHistory } from "../play/latency-history.js";
import { drawAttitude } from "./draw-attitude.js";
import { drawCompass } from "./draw-compass.js";
import { drawGraph } from "./draw-graph.js";
import { drawLines, linesHeight } from "./draw-lines.js";
import { type Area, layOutOverlay } from "./overlay-layout.js";
import type { TextLine } from "./text-line.js";

/** Text comes this near to its area's edges at most: its outline needs room. */
const OUTLINE_ROOM = 0.35;
/** Edges that lie between two pixels reach into both. */
const EDGE_ROOM = 1;
const GRAPH_STEP_MS = 500;

/** What an overlay shows. */
export interface OverlayContent {
  /** At the top: of the picture and the machine on the left, of the vehicle on the right. */
  left: readonly TextLine[];
  right: readonly TextLine[];
  /** Null: there is no vehicle, and no instruments. */
  vehicle: VehicleTelemetry | null;
  /** Undefined: no graph is wanted. */
  history: LatencyHistory | undefined;
  nowMs: number;
}

interface Part {
  area: Area;
  /** Tells whether it looks as before. */
  key: string;
  draw(): void;
}

/** Draws what lies over a camera's picture; only what has changed is drawn anew. */
export class Overlay {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #drawn: Part[] = [];
  #size = { width: 0, height: 0, ratio: 1 };

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d") as CanvasRenderingContext2D;
  }

  /** Draws it in the size that the canvas has on the page. @param content undefined: nothing */
  draw(content: OverlayContent | undefined): void {
    this.#fit();
    const parts = content ? this.#parts(content) : [];
    const isSame = (part: Part): boolean => this.#drawn.some((old) => old.key === part.key && sameArea(old, part));
    const cleared = [
      ...parts.filter((part) => !isSame(part)),
      ...this.#drawn.filter((old) => !parts.some((part) => part.key === old.key && sameArea(old, part))),
    ].map(({ area }) => area);
    if (cleared.length === 0) return;
    const touched = new Set<Part>();
    // What is cleared may have covered others, which are drawn anew as well, and so on.
    for (const area of cleared) {
      this.#context.clearRect(area.x, area.y, area.width, area.height);
      for (const part of parts) {
        if (touched.has(part) || !overlap(area, part.area)) continue;
        touched.add(part);
        cleared.push(part.area);
      }
    }
    for (const part of parts) if (touched.has(part)) part.draw();
    this.#drawn = parts;
  }

  /** Sharp on every screen: one pixel of the canvas is one of the screen. */
  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = devicePixelRatio;
    const last = this.#size;
    if (width === last.width && height === last.height && ratio === last.ratio) return;
    this.#size = { width, height, ratio };
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.#context.scale(ratio, ratio);
    this.#drawn = [];
  }

  #parts({ left, right, vehicle, history, nowMs }: OverlayContent): Part[] {
    const { width, height } = this.#size;
    const { textSize: size, margin, diameter, graph } = layOutOverlay(width, height);
    const context = this.#context;
    const parts: Part[] = [];
    if (history) {
      const key = `graph ${Math.floor(nowMs / GRAPH_STEP_MS)}`;
      const draw = (): void => drawGraph(context, { area: graph, size, history, nowMs });
      parts.push({ key, area: grown(graph, EDGE_ROOM), draw });
    }
    if (vehicle && diameter > 0) parts.push(...this.#instruments(vehicle, { margin, diameter }));
    const column = { y: margin, width: width / 2 - 1.5 * margin };
    for (const side of ["left", "right"] as const) {
      const lines = side === "left" ? left : right;
      const x = side === "left" ? margin : width / 2 + margin / 2;
      const area = { ...column, x, height: linesHeight(lines, size) };
      const draw = (): void => drawLines(context, lines, { area, size, side });
      parts.push({ key: `${side} ${JSON.stringify(lines)}`, area: grown(area, size * OUTLINE_ROOM), draw });
    }
    return parts;
  }

  #instruments(vehicle: VehicleTelemetry, { margin, diameter }: { margin: number; diameter: number }): Part[] {
    const { width, height } = this.#size;
    const { headingDeg, attitude } = vehicle;
    const context = this.#context;
    const left = { x: margin, y: height - margin - diameter, width: diameter, height: diameter };
    const right = { ...left, x: width - margin - diameter };
    return [
      {
        key: `compass ${headingDeg?.toFixed(1)}`,
        area: grown(left, EDGE_ROOM),
        draw: () => drawCompass(context, left, headingDeg),
      },
      {
        key: `attitude ${attitude?.rollDeg.toFixed(1)} ${attitude?.pitchDeg.toFixed(1)}`,
        area: grown(right, EDGE_ROOM),
        draw: () => drawAttitude(context, right, attitude),
      },
    ];
  }
}

function sameArea({ area: one }: Part, { area: other }: Part): boolean {
  return one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;
}

function overlap(one: Area, other: Area): boolean {
  const inX = one.x < other.x + other.width && other.x < one.x + one.width;
  return inX && one.y < other.y + other.height && other.y < one.y + one.height;
}

/** To whole pixels: half of one would be cleared by half. */
function grown({ x, y, width, height }: Area, by: number): Area {
  const left = Math.floor(x - by);
  const top = Math.floor(y - by);
  return { x: left, y: top, width: Math.ceil(x + width + by) - left, height: Math.ceil(y + height + by) - top };
}
