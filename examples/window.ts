import type { Frame } from "../lib/index.js";

/** A window that shows frames; there is one for OpenCV and one for ffplay. */
export interface VideoWindow {
  /** Shows a bgr24 frame, with `caption` on it where the window can draw. Resolves when the window has taken it. */
  show(frame: Frame, caption: string): Promise<void>;
  /** Resolves when the user closed the window or pressed `q`; rejects when the window failed. */
  readonly closed: Promise<void>;
  /** Takes the window down; idempotent. */
  close(): void;
}
