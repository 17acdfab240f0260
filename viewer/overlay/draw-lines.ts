import { drawText, useFont } from "./draw-text.js";
import type { Area } from "./overlay-layout.js";
import { PALETTE } from "./palette.js";
import type { TextLine, Tone } from "./text-line.js";
import { wrapText } from "./wrap-text.js";

const LINE_HEIGHT = 1.35;
const GAP = 0.6;
const MAX_WRAPPED = 3;
const COLORS: Readonly<Record<Tone, string>> = {
  plain: PALETTE.value,
  dim: PALETTE.dim,
  notice: PALETTE.notice,
  danger: PALETTE.danger,
};

/** Where lines are drawn. */
export interface LinesOptions {
  area: Area;
  size: number;
  side: "left" | "right";
}

/** Draws labels and values in two columns, at the top of an area and at one side of it. */
export function drawLines(context: CanvasRenderingContext2D, lines: readonly TextLine[], options: LinesOptions): void {
  const { area, size, side } = options;
  useFont(context, size);
  const widest = (texts: string[]): number => Math.max(0, ...texts.map((text) => context.measureText(text).width));
  const labelled = lines.filter(({ label }) => label !== "");
  const labelWidth = widest(labelled.map(({ label }) => label)) + GAP * size;
  const maxValueWidth = area.width - labelWidth;
  const valueWidth = Math.min(widest(labelled.map(({ value }) => value)), maxValueWidth);
  const left = side === "left" ? area.x : area.x + area.width - labelWidth - valueWidth;
  const edge = side === "left" ? area.x : area.x + area.width;
  const pitch = size * LINE_HEIGHT;
  let y = area.y + pitch / 2;
  for (const { label, value, tone } of lines) {
    const color = COLORS[tone];
    if (label !== "") {
      const x = side === "left" ? left + labelWidth : edge;
      drawText(context, label, { x: left, y, size, color: PALETTE.label });
      if (tone === "danger") drawGround(context, value, { x, y, size, side, maxWidth: maxValueWidth });
      drawText(context, value, { x, y, size, color, align: side, maxWidth: maxValueWidth });
      y += pitch;
      continue;
    }
    const fits = (text: string): boolean => context.measureText(text).width <= area.width;
    for (const text of wrapText(value, fits, MAX_WRAPPED)) {
      if (tone === "danger") drawGround(context, text, { x: edge, y, size, side, maxWidth: area.width });
      drawText(context, text, { x: edge, y, size, color, align: side, maxWidth: area.width });
      y += pitch;
    }
  }
}

/** How many lines of text these take at most. */
export function linesHeight(lines: readonly TextLine[], size: number): number {
  const most = lines.reduce((sum, { label }) => sum + (label === "" ? MAX_WRAPPED : 1), 0);
  return most * size * LINE_HEIGHT;
}

interface Ground {
  x: number;
  y: number;
  size: number;
  side: "left" | "right";
  maxWidth: number;
}

/** What is dangerous stands on red. */
function drawGround(context: CanvasRenderingContext2D, text: string, { x, y, size, side, maxWidth }: Ground): void {
  useFont(context, size);
  const width = Math.min(context.measureText(text).width, maxWidth) + size * GAP;
  const height = size * LINE_HEIGHT;
  context.fillStyle = PALETTE.dangerGround;
  context.fillRect(
    side === "left" ? x - (size * GAP) / 2 : x - width + (size * GAP) / 2,
    y - height / 2,
    width,
    height,
  );
}
