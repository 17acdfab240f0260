import { PALETTE } from "./palette.js";

/** In radii. */
const EDGE = 0.025;

/** Draws the ground of a round instrument around the origin. */
export function drawDial(context: CanvasRenderingContext2D, radius: number): void {
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.fillStyle = PALETTE.dial;
  context.fill();
  drawDialEdge(context, radius);
}

/** Draws its edge alone. */
export function drawDialEdge(context: CanvasRenderingContext2D, radius: number): void {
  const lineWidth = Math.max(1, radius * EDGE);
  context.beginPath();
  context.arc(0, 0, radius - lineWidth / 2, 0, 2 * Math.PI);
  context.strokeStyle = PALETTE.dialEdge;
  context.lineWidth = lineWidth;
  context.stroke();
}
