import type { LiveTransport } from "../../server/web/live-protocol.js";
import { quantity, type TextLine, textLine } from "./text-line.js";

/** Transports as people know them. */
export const TRANSPORT_NAMES: Readonly<Record<LiveTransport, string>> = {
  websocket: "WebSocket",
  whep: "WebRTC",
  mjpeg: "MJPEG",
};

/** What is known of a camera's pictures. */
export interface PictureFigures {
  camera: string;
  /** From the camera to this screen; null: not known. */
  latencyMs: number | null;
  /** The difference of the two clocks is known to within this; null: it is not known. */
  uncertaintyMs: number | null;
  fps: number;
  dropped: number;
  transport: LiveTransport | undefined;
}

/** A camera's pictures in words. */
export function pictureLines(figures: PictureFigures): TextLine[] {
  const { camera, fps, dropped, transport } = figures;
  return [
    textLine("camera", camera),
    latencyLine(figures),
    textLine("pictures", quantity(fps, "fps")),
    textLine("dropped", `${dropped}`),
    textLine("by", transport ? TRANSPORT_NAMES[transport] : null),
  ];
}

/** Said to be one-way since nothing comes back: it is the difference of two clocks, and no better than that. */
function latencyLine({ latencyMs, uncertaintyMs }: PictureFigures): TextLine {
  if (latencyMs === null || uncertaintyMs === null) return textLine("latency", "unknown", "dim");
  const margin = uncertaintyMs < 10 ? uncertaintyMs.toFixed(1) : uncertaintyMs.toFixed(0);
  return textLine("latency", `${latencyMs.toFixed(0)} ms one-way ±${margin}`);
}
