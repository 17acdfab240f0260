import { compassMarks } from "./compass-marks.js";
import { drawDial } from "./draw-dial.js";
import { drawText } from "./draw-text.js";
import type { Area } from "./overlay-layout.js";
import { PALETTE } from "./palette.js";
import { UNKNOWN } from "./text-line.js";
import { headingDegrees } from "./vehicle-lines.js";

/** In radii. */
const MARKS = { outer: 0.95, short: 0.88, long: 0.8, label: 0.66, labelSize: 0.17, headingSize: 0.3, arrow: 0.16 };

/** Draws a compass whose top is where the nose points. @param headingDeg null: not known */
export function drawCompass(context: CanvasRenderingContext2D, area: Area, headingDeg: number | null): void {
  const radius = area.width / 2;
  context.save();
  context.translate(area.x + radius, area.y + radius);
  drawDial(context, radius);
  if (headingDeg !== null) drawMarks(context, radius, headingDeg);
  const degrees = headingDegrees(headingDeg);
  const text = degrees === null ? UNKNOWN : `${degrees}°`;
  drawText(context, text, { x: 0, y: 0, size: radius * MARKS.headingSize, color: PALETTE.value, align: "center" });
  context.restore();
}

function drawMarks(context: CanvasRenderingContext2D, radius: number, headingDeg: number): void {
  context.strokeStyle = PALETTE.dialEdge;
  context.lineWidth = Math.max(1, radius * 0.02);
  const marks = compassMarks(headingDeg);
  context.beginPath();
  for (const { x, y, label } of marks) {
    const inner = (label === "" ? MARKS.short : MARKS.long) * radius;
    context.moveTo(x * MARKS.outer * radius, y * MARKS.outer * radius);
    context.lineTo(x * inner, y * inner);
  }
  context.stroke();
  for (const { x, y, label, bearingDeg, isCardinal } of marks) {
    const at = { x: x * MARKS.label * radius, y: y * MARKS.label * radius };
    const color = bearingDeg === 0 ? PALETTE.notice : PALETTE.label;
    const size = radius * MARKS.labelSize * (isCardinal ? 1.25 : 1);
    if (label !== "") drawText(context, label, { ...at, size, color, align: "center" });
  }
  // The nose.
  context.fillStyle = PALETTE.value;
  context.beginPath();
  context.moveTo(0, -radius * (1 - MARKS.arrow * 1.3));
  context.lineTo(-radius * MARKS.arrow * 0.6, -radius);
  context.lineTo(radius * MARKS.arrow * 0.6, -radius);
  context.fill();
}
