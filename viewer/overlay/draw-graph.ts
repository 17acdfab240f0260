import type { LatencyHistory } from "../play/latency-history.js";
import { drawText } from "./draw-text.js";
import { graphScale } from "./graph-scale.js";
import type { Area } from "./overlay-layout.js";
import { PALETTE } from "./palette.js";

/** One for every half second. */
const PIECES = 120;
type Piece = ReturnType<LatencyHistory["pieces"]>[number];

/** What a latency graph shows. */
export interface GraphOptions {
  area: Area;
  size: number;
  history: LatencyHistory;
  nowMs: number;
}

/** Draws the latency of the last minute: a line for the middle of each half second, and how far up single pictures went. */
export function drawGraph(context: CanvasRenderingContext2D, { area, size, history, nowMs }: GraphOptions): void {
  const pieces = history.pieces(PIECES, nowMs);
  const scaleMs = graphScale(Math.max(0, ...pieces.map((piece) => piece?.highestMs ?? 0)));
  context.save();
  context.fillStyle = PALETTE.dial;
  context.fillRect(area.x, area.y, area.width, area.height);
  context.beginPath();
  context.rect(area.x, area.y, area.width, area.height);
  context.clip();
  const plot = { ...area, y: area.y + size * 1.4, height: area.height - size * 1.4 };
  drawPieces(context, pieces, { plot, scaleMs });
  const y = area.y + size * 0.75;
  const text = history.size > 0 ? `latency, up to ${scaleMs} ms` : "latency unknown";
  drawText(context, text, { x: area.x + size / 2, y, size: size * 0.8, color: PALETTE.label });
  const right = { x: area.x + area.width - size / 2, align: "right" } as const;
  drawText(context, "last minute", { ...right, y, size: size * 0.8, color: PALETTE.label });
  context.restore();
}

function drawPieces(
  context: CanvasRenderingContext2D,
  pieces: readonly Piece[],
  { plot, scaleMs }: { plot: Area; scaleMs: number },
): void {
  const step = plot.width / PIECES;
  const heightOf = (latencyMs: number): number => (Math.max(latencyMs, 0) / scaleMs) * plot.height;
  const bottom = plot.y + plot.height;
  context.strokeStyle = PALETTE.label;
  context.lineWidth = 1;
  context.strokeRect(plot.x, plot.y, plot.width, plot.height);
  context.fillStyle = PALETTE.graphArea;
  context.strokeStyle = PALETTE.graphLine;
  context.lineWidth = Math.max(1.5, plot.height / 60);
  context.beginPath();
  let isBroken = true;
  pieces.forEach((piece, index) => {
    const x = plot.x + index * step;
    if (piece) {
      const height = heightOf(piece.highestMs);
      context.fillRect(x, bottom - height, step, height);
      const y = bottom - heightOf(piece.medianMs);
      if (isBroken) context.moveTo(x, y);
      context.lineTo(x + step, y);
    }
    isBroken = !piece;
  });
  context.stroke();
}
