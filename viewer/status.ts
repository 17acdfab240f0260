import type { TelemetrySnapshot } from "../lib/telemetry/telemetry-snapshot.js";
import type { LiveTransport } from "../server/web/live-protocol.js";
import type { CameraView } from "./page/camera-view.js";
import type { Cockpit } from "./page/cockpit.js";

/** What is known of one camera's pictures on the page. */
export interface ViewStatus {
  camera: string;
  /** Undefined while none works. */
  transport: LiveTransport | undefined;
  /** `good`, `connecting`, `none` or `stopped`. */
  signal: CameraView["signal"]["name"];
  /** Pictures that were drawn, and that were lost or left out. */
  frames: number;
  dropped: number;
  /** Of the newest picture, milliseconds from the camera's time stamp until it was drawn; null: not known. */
  latencyMs: number | null;
  /** Has the picture in its own size, without overlays. */
  canvas: HTMLCanvasElement;
}

/**
 * The page's state, as `window.glasslink`: what is drawn on a canvas cannot be read from the document, and tests,
 * measurements and a curious user's console need it in numbers.
 */
export interface PageStatus {
  readonly views: ViewStatus[];
  /** Whether the server tells about cameras and telemetry. */
  readonly isLinked: boolean;
  /** The newest snapshot that came; undefined: none, or not for a while. */
  readonly telemetry: TelemetrySnapshot | undefined;
  /** The server's clock less the page's, in milliseconds, and how wrong that may be; undefined: not known. */
  readonly clock: { offsetMs: number; uncertaintyMs: number } | undefined;
}

/** Gives the state of a page, always as it is now. */
export function pageStatus({ views, link }: Cockpit): PageStatus {
  return {
    get views() {
      return [...views].map((view) => {
        const { camera, transport, frames, dropped, latencyMs, canvas } = view;
        return { camera, transport, signal: view.signal.name, frames, dropped, latencyMs, canvas };
      });
    },
    get isLinked() {
      return link.isLinked;
    },
    get telemetry() {
      return link.telemetry;
    },
    get clock() {
      return link.clock;
    },
  };
}
