import { drawDial, drawDialEdge } from "./draw-dial.js";
import { drawText } from "./draw-text.js";
import { type Horizon, horizonOf } from "./horizon.js";
import type { Area } from "./overlay-layout.js";
import { PALETTE } from "./palette.js";
import { UNKNOWN } from "./text-line.js";

/** In radii. */
const SIZES = { line: 0.025, rung: 0.22, shortRung: 0.12, label: 0.14, unknown: 0.3, wing: 0.55, nose: 0.07 };
const ROLL = { outer: 0.97, short: 0.88, long: 0.83, pointer: 0.15 };
const ROLL_MARKS_DEG = [-60, -45, -30, -20, -10, 0, 10, 20, 30, 45, 60];

/** Roll to the right and pitch upwards are positive. */
type Attitude = { rollDeg: number; pitchDeg: number };

/** Draws sky and earth as a pilot sees them. @param attitude null: not known */
export function drawAttitude(context: CanvasRenderingContext2D, area: Area, attitude: Attitude | null): void {
  const radius = area.width / 2;
  context.save();
  context.translate(area.x + radius, area.y + radius);
  if (attitude) {
    context.save();
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.clip();
    drawWorld(context, radius, horizonOf(attitude));
    context.restore();
    drawDialEdge(context, radius);
    drawVehicle(context, radius);
  } else {
    drawDial(context, radius);
    const size = radius * SIZES.unknown;
    drawText(context, UNKNOWN, { x: 0, y: 0, size, color: PALETTE.value, align: "center" });
  }
  context.restore();
}

function drawWorld(context: CanvasRenderingContext2D, radius: number, { rotation, y, rungs }: Horizon): void {
  context.rotate(rotation);
  context.fillStyle = PALETTE.sky;
  context.fillRect(-radius, -radius, 2 * radius, 2 * radius);
  context.fillStyle = PALETTE.earth;
  context.fillRect(-radius, y * radius, 2 * radius, Math.max(0, (1 - y) * radius));
  context.strokeStyle = PALETTE.dialEdge;
  context.lineWidth = Math.max(1, radius * SIZES.line);
  context.beginPath();
  context.moveTo(-radius, y * radius);
  context.lineTo(radius, y * radius);
  for (const rung of rungs) {
    const half = (rung.hasLabel ? SIZES.rung : SIZES.shortRung) * radius;
    context.moveTo(-half, rung.y * radius);
    context.lineTo(half, rung.y * radius);
  }
  // They turn with the sky; the pointer stands still.
  for (const markDeg of ROLL_MARKS_DEG) {
    const angle = (markDeg * Math.PI) / 180;
    const inner = (markDeg % 30 === 0 ? ROLL.long : ROLL.short) * radius;
    context.moveTo(Math.sin(angle) * ROLL.outer * radius, -Math.cos(angle) * ROLL.outer * radius);
    context.lineTo(Math.sin(angle) * inner, -Math.cos(angle) * inner);
  }
  context.stroke();
  for (const rung of rungs) {
    if (!rung.hasLabel || Math.abs(rung.y) > 0.65) continue;
    const at = { x: (SIZES.rung + SIZES.label) * radius, y: rung.y * radius };
    const text = `${Math.abs(rung.pitchDeg)}`;
    drawText(context, text, { ...at, size: radius * SIZES.label, color: PALETTE.label, align: "center" });
  }
}

function drawVehicle(context: CanvasRenderingContext2D, radius: number): void {
  const { wing, nose } = SIZES;
  context.beginPath();
  context.moveTo(-wing * radius, 0);
  context.lineTo(-2.5 * nose * radius, 0);
  context.lineTo(-1.25 * nose * radius, 1.5 * nose * radius);
  context.lineTo(0, 0);
  context.lineTo(1.25 * nose * radius, 1.5 * nose * radius);
  context.lineTo(2.5 * nose * radius, 0);
  context.lineTo(wing * radius, 0);
  context.lineJoin = "round";
  context.strokeStyle = PALETTE.outline;
  context.lineWidth = radius * 0.1;
  context.stroke();
  context.strokeStyle = PALETTE.value;
  context.lineWidth = radius * 0.05;
  context.stroke();
  const top = -ROLL.long * radius;
  context.beginPath();
  context.moveTo(0, top);
  context.lineTo(-ROLL.pointer * 0.6 * radius, top + ROLL.pointer * radius);
  context.lineTo(ROLL.pointer * 0.6 * radius, top + ROLL.pointer * radius);
  context.closePath();
  context.fillStyle = PALETTE.value;
  context.strokeStyle = PALETTE.outline;
  context.lineWidth = Math.max(1, radius * 0.02);
  context.fill();
  context.stroke();
}
