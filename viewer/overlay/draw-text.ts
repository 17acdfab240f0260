import { FONT_FAMILY, PALETTE } from "./palette.js";

const OUTLINE_SHARE = 0.24;

/** How a text is drawn. */
export interface TextOptions {
  x: number;
  /** Of its middle. */
  y: number;
  /** Height of the font, in CSS pixels. */
  size: number;
  color: string;
  align?: CanvasTextAlign;
  /** It is squeezed into this width. */
  maxWidth?: number;
}

/** Chooses the font for drawing and for measuring. */
export function useFont(context: CanvasRenderingContext2D, size: number): void {
  context.font = `600 ${size}px ${FONT_FAMILY}`;
}

/** Draws a text with a dark outline, so that it can be read on any picture. */
export function drawText(context: CanvasRenderingContext2D, text: string, options: TextOptions): void {
  const { x, y, size, color, align = "left", maxWidth } = options;
  useFont(context, size);
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = size * OUTLINE_SHARE;
  context.strokeStyle = PALETTE.outline;
  context.fillStyle = color;
  context.strokeText(text, x, y, maxWidth);
  context.fillText(text, x, y, maxWidth);
}
